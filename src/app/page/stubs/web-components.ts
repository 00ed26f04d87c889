/**
 * Stands in for @jupyter/web-components in the bundle. Nothing on our pages shows one of its elements, and its design
 * tokens, set up without JupyterLab's theme manager, recurse until the stack ends, once for each token.
 */
const definition = (): object => ({});

export const jpButton = definition;
export const jpToolbar = definition;

export function addJupyterLabThemeChangeListener(): void {}

export function provideJupyterDesignSystem(): { register(): void } {
  return { register: () => {} };
}
