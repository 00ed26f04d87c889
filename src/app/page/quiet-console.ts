/**
 * Drops two warnings that JupyterLab 4.6 causes for each cell that it makes, and that nobody here can act on: its cell
 * models read yjs types before they belong to a document, and its undo managers span two documents. Imported first.
 */
const KNOWN = [/^Invalid access: Add Yjs type to a document/, /^\[yjs#509\] Not same Y\.Doc/];

const warn = console.warn.bind(console);

console.warn = (...args: unknown[]): void => {
  if (!KNOWN.some(known => known.test(String(args[0])))) warn(...args);
};
