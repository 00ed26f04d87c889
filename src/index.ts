/** put-page: the library that notebook cells import. Only re-exports. */
export {};
