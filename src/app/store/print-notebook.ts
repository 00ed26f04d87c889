/** A front end's notebook as the project writes notebooks: the same keys, order and line ends as the committed ones. */
import type { Output } from '../../jupyter/client/outputs.js';
import {
  type Notebook,
  type NotebookCell,
  serialize,
  splitLines,
  storeOutput,
} from '../../jupyter/notebook/nbformat.js';
import { cellsOf, type Json, joinOutput, sourceOf } from './notebook-json.js';

/** Cell metadata that a front end adds for itself. */
const OF_THE_FRONT_END = ['trusted', 'execution', 'collapsed', 'scrolled', 'jupyter', 'jp-MarkdownHeadingCollapsed'];

export function printNotebook(notebook: Json): string {
  const cells = cellsOf(notebook).map(printCell);
  return serialize({ ...notebook, cells } as unknown as Notebook);
}

function printCell(cell: Json): NotebookCell {
  const metadata = Object.entries((cell.metadata ?? {}) as Json).filter(([key]) => !OF_THE_FRONT_END.includes(key));
  const printed = { ...cell, metadata: Object.fromEntries(metadata), source: splitLines(sourceOf(cell)) };
  const { outputs } = cell;
  if (!Array.isArray(outputs)) return printed as unknown as NotebookCell;
  return { ...printed, outputs: (outputs as Json[]).map(printOutput) } as unknown as NotebookCell;
}

function printOutput(output: Json): Json {
  return storeOutput(joinOutput(output) as unknown as Output);
}
