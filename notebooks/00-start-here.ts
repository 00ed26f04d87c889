// %%
export {};
