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

/**
 * The notebook as a page gets it, with every text as one string, and with no word about trust. Files keep texts as lists
 * of lines; JupyterLab leaves it to the server to join them, and shows the commas of a list otherwise.
 */
export function joinTexts(notebook: Json): Json {
  const cells = cellsOf(notebook).map(cell => {
    const joined = { ...cell, source: sourceOf(cell), metadata: withoutTrust(cell.metadata) };
    const { outputs } = cell;
    return Array.isArray(outputs) ? { ...joined, outputs: (outputs as Json[]).map(joinOutput) } : joined;
  });
  return { ...notebook, metadata: withoutTrust(notebook.metadata), cells };
}

/** The notebook as it was before any cell was run. */
export function withoutOutputs(notebook: Json): Json {
  const cells = cellsOf(notebook).map(cell =>
    cell.cell_type === 'code' ? { ...cell, outputs: [], execution_count: null } : cell,
  );
  return { ...notebook, cells };
}

/** What is stored of a cell that was run; `place` is its index among all cells. */
export interface CellResult {
  readonly id: string | null;
  readonly place: number;
  readonly source: string;
  readonly execution_count: unknown;
  readonly outputs: readonly Json[];
}

/** What is stored of the cells that were run, with texts as one string each; some of them put nothing out. */
export function resultsOf(notebook: Json): CellResult[] {
  return cellsOf(notebook).flatMap((cell, place) => {
    const { id, outputs, execution_count } = cell;
    if (!Array.isArray(outputs) || (outputs.length === 0 && execution_count == null)) return [];
    const joined = (outputs as Json[]).map(joinOutput);
    return [
      { id: typeof id === 'string' ? id : null, place, source: sourceOf(cell), execution_count, outputs: joined },
    ];
  });
}

/** A file that says it can be trusted was perhaps written by the one whom it should protect from. */
function withoutTrust(metadata: unknown): Json {
  const entries = Object.entries((metadata ?? {}) as Json);
  return Object.fromEntries(entries.filter(([key]) => key !== 'trusted'));
}

export function joinOutput(output: Json): Json {
  const { data, text } = output;
  return {
    ...output,
    ...(text === undefined ? {} : { text: joinLines(text) }),
    ...(typeof data === 'object' && data !== null ? { data: joinBundle(data as Json) } : {}),
  };
}

/** In JSON a list of strings is a list of strings. */
function joinBundle(bundle: Json): Json {
  const entries = Object.entries(bundle);
  return Object.fromEntries(entries.map(([mime, value]) => [mime, /[/+]json$/.test(mime) ? value : joinLines(value)]));
}

function joinLines(value: unknown): unknown {
  return Array.isArray(value) ? value.join('') : value;
}

/** Changes when a reader edits, adds, moves or deletes a cell; does not change when cells are run. */
export function sourcesHash(notebook: Json): string {
  return sha256(JSON.stringify(cellsOf(notebook).map(cell => [cell.cell_type, sourceOf(cell)])));
}

export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
