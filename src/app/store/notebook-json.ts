/** The little that the server must know of a notebook's JSON: its cells' sources. */
import { createHash } from 'node:crypto';

export type Json = Readonly<Record<string, unknown>>;

/** nbformat allows a source to be a string or an array of lines. */
export function sourceOf(cell: Json): string {
  const source = cell.source;
  return Array.isArray(source) ? source.join('') : String(source ?? '');
}

export function cellsOf(notebook: Json): readonly Json[] {
  const cells = notebook.cells;
  return Array.isArray(cells) ? (cells as Json[]) : [];
}

/** Changes when a reader edits, adds, moves or deletes a cell; does not change when cells are run. */
export function sourcesHash(notebook: Json): string {
  return sha256(JSON.stringify(cellsOf(notebook).map(cell => [cell.cell_type, sourceOf(cell)])));
}

export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
