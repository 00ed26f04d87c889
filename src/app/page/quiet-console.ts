/**
 * Drops warnings of JupyterLab 4.6 that nobody here can act on: its cell models read yjs types before they belong to a
 * document, its undo managers span two documents, and tslab keeps no history of cells to retrieve. Imported first.
 */
const KNOWN = [
  /^Invalid access: Add Yjs type to a document/,
  /^\[yjs#509\] Not same Y\.Doc/,
  /^History was unable to be retrieved/,
];

const warn = console.warn.bind(console);

console.warn = (...args: unknown[]): void => {
  if (!KNOWN.some(known => known.test(String(args[0])))) warn(...args);
};
