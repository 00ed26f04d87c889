/** Stands in for @jupyter/react-components: the browser's own elements where JupyterLab's dialogs ask for one. */
export const Button = 'button';
export const Search = 'input';
export const TreeView = 'div';
export const TreeItem = 'div';
