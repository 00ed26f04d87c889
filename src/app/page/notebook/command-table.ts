/** Every command of the notebook page: what it is called, where it stands in lists, and its keys. Nothing here runs one. */

/** Where the focus has to be for a key: on a cell, in its editor, in either, or anywhere on the page. */
export type Where = 'cell' | 'editor' | 'either' | 'page';

export interface CommandEntry {
  readonly name: string;
  /** What it does, as a reader would say it; the palette searches these words. */
  readonly label: string;
  /** Alternatives, in Lumino's notation; strokes that follow each other are separated by ', '. */
  readonly keys?: readonly string[];
  /** Default: 'cell'. */
  readonly where?: Where;
}

export interface CommandGroup {
  readonly title: string;
  readonly commands: readonly CommandEntry[];
}

/** Keys as JupyterLab 4 has them, without those that browsers keep for themselves. */
export const GROUPS: readonly CommandGroup[] = [
  {
    title: 'Run',
    commands: [
      { name: 'run', label: 'Run this cell and go to the next', keys: ['Shift Enter'], where: 'either' },
      { name: 'run-stay', label: 'Run this cell and stay', keys: ['Accel Enter'], where: 'either' },
      { name: 'run-insert', label: 'Run this cell and insert one below', keys: ['Alt Enter'], where: 'either' },
      { name: 'run-all', label: 'Run all cells' },
      { name: 'run-above', label: 'Run the cells above', keys: ['Accel Shift Enter'] },
      { name: 'run-below', label: 'Run this cell and those below' },
      { name: 'interrupt', label: 'Interrupt the running cell', keys: ['I, I'] },
      { name: 'restart', label: 'Restart the kernel', keys: ['0, 0'] },
      { name: 'restart-run-all', label: 'Restart the kernel and run all cells' },
    ],
  },
  {
    title: 'Find your way',
    commands: [
      { name: 'palette', label: 'Search all commands', keys: ['Accel Shift C'], where: 'page' },
      { name: 'find', label: 'Find and replace in all cells', keys: ['Accel F'], where: 'page' },
      { name: 'find-next', label: 'Find the next place', keys: ['Accel G'], where: 'page' },
      { name: 'find-previous', label: 'Find the previous place', keys: ['Accel Shift G'], where: 'page' },
      { name: 'keys', label: 'List of keys', keys: ['H', 'Accel Shift H'] },
      { name: 'contents', label: 'Show or hide the contents', keys: ['Accel B'], where: 'page' },
      { name: 'next-exercise', label: 'Go to the next exercise that is not done', keys: ['E'] },
      {
        name: 'side',
        label: 'Show or hide the panel: words, holders, sources, code',
        keys: ['Accel J'],
        where: 'page',
      },
      { name: 'source', label: 'Go to source of the name at the cursor', keys: ['Alt B'], where: 'either' },
      { name: 'select-above', label: 'Go to the cell above', keys: ['ArrowUp', 'K'] },
      { name: 'select-below', label: 'Go to the cell below', keys: ['ArrowDown', 'J'] },
      { name: 'edit-mode', label: 'Edit this cell', keys: ['Enter'] },
      { name: 'command-mode', label: 'Leave the editor', keys: ['Escape', 'Ctrl M'], where: 'editor' },
      { name: 'heading-above', label: 'Close this heading, or go to the one above', keys: ['ArrowLeft'] },
      { name: 'heading-below', label: 'Open this heading, or go to the one below', keys: ['ArrowRight'] },
      { name: 'close-headings', label: 'Close all headings', keys: ['Accel Shift ArrowLeft'] },
      { name: 'open-headings', label: 'Open all headings', keys: ['Accel Shift ArrowRight'] },
      { name: 'all-notebooks', label: 'All notebooks (home page)' },
    ],
  },
  {
    title: 'Cells',
    commands: [
      { name: 'insert-above', label: 'Insert a cell above', keys: ['A'] },
      { name: 'insert-below', label: 'Insert a cell below', keys: ['B'] },
      { name: 'insert-heading-above', label: 'Insert a heading above', keys: ['Shift A'] },
      { name: 'insert-heading-below', label: 'Insert a heading below', keys: ['Shift B'] },
      { name: 'cut', label: 'Cut cells', keys: ['X'] },
      { name: 'copy', label: 'Copy cells', keys: ['C'] },
      { name: 'paste', label: 'Paste cells below', keys: ['V'] },
      { name: 'paste-above', label: 'Paste cells above', keys: ['Shift V'] },
      { name: 'duplicate', label: 'Duplicate cells' },
      { name: 'delete', label: 'Delete cells', keys: ['D, D'] },
      { name: 'undo', label: 'Undo the last change of cells', keys: ['Z'] },
      { name: 'redo', label: 'Redo the last change of cells', keys: ['Shift Z'] },
      { name: 'move-up', label: 'Move cells up', keys: ['Accel Shift ArrowUp'], where: 'either' },
      { name: 'move-down', label: 'Move cells down', keys: ['Accel Shift ArrowDown'], where: 'either' },
      { name: 'merge', label: 'Merge the selected cells', keys: ['Shift M'] },
      { name: 'merge-above', label: 'Merge with the cell above', keys: ['Accel Backspace'] },
      { name: 'merge-below', label: 'Merge with the cell below', keys: ['Accel Shift M'] },
      { name: 'split', label: 'Split the cell at the cursor', keys: ['Accel Shift -'], where: 'editor' },
      { name: 'select-all', label: 'Select all cells', keys: ['Accel A'] },
      { name: 'extend-above', label: 'Select the cell above, too', keys: ['Shift ArrowUp', 'Shift K'] },
      { name: 'extend-below', label: 'Select the cell below, too', keys: ['Shift ArrowDown', 'Shift J'] },
      { name: 'extend-top', label: 'Select up to the first cell', keys: ['Shift Home'] },
      { name: 'extend-bottom', label: 'Select down to the last cell', keys: ['Shift End'] },
    ],
  },
  {
    title: 'Kind of the cell',
    commands: [
      { name: 'to-code', label: 'Make it code', keys: ['Y'] },
      { name: 'to-markdown', label: 'Make it markdown', keys: ['M'] },
      { name: 'to-raw', label: 'Make it raw text', keys: ['R'] },
      { name: 'to-heading-1', label: 'Make it a heading of level 1', keys: ['1'] },
      { name: 'to-heading-2', label: 'Make it a heading of level 2', keys: ['2'] },
      { name: 'to-heading-3', label: 'Make it a heading of level 3', keys: ['3'] },
      { name: 'to-heading-4', label: 'Make it a heading of level 4', keys: ['4'] },
      { name: 'to-heading-5', label: 'Make it a heading of level 5', keys: ['5'] },
      { name: 'to-heading-6', label: 'Make it a heading of level 6', keys: ['6'] },
    ],
  },
  {
    title: 'What is shown',
    commands: [
      { name: 'toggle-input', label: 'Fold the code of the cell, or open it' },
      { name: 'toggle-output', label: 'Fold the output of the cell, or open it', keys: ['O'] },
      { name: 'scroll-output', label: 'Scroll a long output in a box, or show it whole', keys: ['Shift O'] },
      { name: 'show-results', label: 'Show the results that came with the notebook' },
      { name: 'clear-output', label: 'Clear the output of the cell' },
      { name: 'clear-outputs', label: 'Clear all outputs' },
      { name: 'fold-all-code', label: 'Fold all code' },
      { name: 'open-all-code', label: 'Open all code' },
      { name: 'fold-all-outputs', label: 'Fold all outputs' },
      { name: 'open-all-outputs', label: 'Open all outputs' },
      { name: 'line-numbers', label: 'Line numbers of this cell', keys: ['L'] },
      { name: 'all-line-numbers', label: 'Line numbers of all cells', keys: ['Shift L'] },
    ],
  },
  {
    title: 'Your copy',
    commands: [
      { name: 'save', label: 'Save your copy', keys: ['Accel S'], where: 'page' },
      { name: 'back-to-original', label: 'Back to the original: delete your copy' },
      { name: 'download', label: 'Download the notebook (.ipynb)' },
      { name: 'export-html', label: 'Export as a page (.html)' },
      { name: 'print', label: 'Print, or save as PDF', keys: ['Accel P'], where: 'page' },
    ],
  },
];

/** Keys of the editor itself, for the list of keys: what they do, and the strokes. */
export const EDITOR_KEYS: readonly { readonly label: string; readonly keys: readonly string[] }[] = [
  { label: 'Complete the name', keys: ['Tab'] },
  { label: 'Type and documentation of the name', keys: ['Shift Tab'] },
  { label: 'Next type error, the one before', keys: ['F8', 'Shift F8'] },
  { label: 'Comment lines out, or in again', keys: ['Accel /'] },
  { label: 'Undo, redo', keys: ['Accel Z', 'Accel Shift Z'] },
  { label: 'Indent more, less', keys: ['Accel ]', 'Accel ['] },
  { label: 'Delete the line', keys: ['Accel D'] },
  { label: 'Select the next place of the same word', keys: ['Accel Shift D'] },
  { label: 'Move the line up, down', keys: ['Alt ArrowUp', 'Alt ArrowDown'] },
];

/** 'D, D' as the strokes of one binding. */
export function strokes(keys: string): string[] {
  return keys.split(', ');
}
