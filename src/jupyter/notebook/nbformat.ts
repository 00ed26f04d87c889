/** The .ipynb file: nbformat 4.5, keys sorted, one space of indent, lines as arrays, as the nbformat package writes it. */
import type { Output } from '../client/outputs.js';
import type { Cell, CellType, Document } from './document.js';
import { assignIds } from './ids.js';
import { joinLines, type Lines } from './lines.js';

export const kernelName = 'put-page';
export const kernelDisplayName = 'TypeScript (put-page)';

export { joinLines, type Lines };

type Metadata = Readonly<Record<string, unknown>>;

export interface NotebookCell {
  readonly cell_type: CellType;
  readonly id: string;
  readonly metadata: Metadata;
  readonly source: Lines;
  readonly outputs?: readonly Metadata[];
  readonly execution_count?: number | null;
}

export interface Notebook {
  readonly cells: readonly NotebookCell[];
  readonly metadata: Metadata;
  readonly nbformat: 4;
  readonly nbformat_minor: 5;
}

/** What running a cell left. */
export interface CellResult {
  readonly outputs: readonly Metadata[];
  readonly executionCount: number | null;
}

/** 'a\nb' as ['a\n', 'b']: a line of text is a line of the file, so that diffs can be read. */
export function splitLines(text: string): string[] {
  return text.split(/(?<=\n)/).filter(line => line !== '');
}

const isText = (mime: string): boolean => mime.startsWith('text/') || mime === 'image/svg+xml';

function storeData(data: Metadata): Metadata {
  return Object.fromEntries(
    Object.entries(data).map(([mime, value]) => [
      mime,
      isText(mime) && typeof value === 'string' ? splitLines(value) : value,
    ]),
  );
}

/** An output as it is stored. */
export function storeOutput(output: Output): Metadata {
  if (output.output_type === 'stream') return { ...output, text: splitLines(output.text) };
  if (output.output_type === 'error') return output;
  return { ...output, data: storeData(output.data) };
}

const notebookMetadata: Metadata = {
  kernelspec: { display_name: kernelDisplayName, language: 'typescript', name: kernelName },
  language_info: { file_extension: '.ts', mimetype: 'text/typescript', name: 'typescript' },
};

function tagsOf(cell: NotebookCell): readonly string[] {
  const { tags } = cell.metadata;
  return Array.isArray(tags) ? tags.map(String) : [];
}

export function toDocument(notebook: Notebook): Document {
  const cells = notebook.cells.map(
    (cell): Cell => ({ type: cell.cell_type, id: cell.id, tags: tagsOf(cell), source: joinLines(cell.source) }),
  );
  return { cells };
}

/**
 * The notebook of a document. Ids come from the markers, else from the cells of `previous`, else from the source; outputs
 * come from `results` (by cell index), else from a cell of `previous` whose source is the same.
 */
export function toNotebook(
  document: Document,
  previous?: Notebook,
  results?: ReadonlyMap<number, CellResult>,
): Notebook {
  const old = previous?.cells ?? [];
  const known = old.map(cell => ({ type: cell.cell_type, id: cell.id, source: joinLines(cell.source) }));
  const ids = assignIds(document.cells, known);
  const cells = document.cells.map((cell, i): NotebookCell => {
    const { id, known: pair } = ids[i] ?? { id: '', known: undefined };
    const metadata = cell.tags.length > 0 ? { tags: cell.tags } : {};
    const base = { cell_type: cell.type, id, metadata, source: splitLines(cell.source) };
    if (cell.type !== 'code') return base;
    const before = pair === undefined || known[pair]?.source !== cell.source ? undefined : old[pair];
    const result = results?.get(i);
    return {
      ...base,
      execution_count: result === undefined ? (before?.execution_count ?? null) : result.executionCount,
      outputs: result?.outputs ?? before?.outputs ?? [],
    };
  });
  return { cells, metadata: notebookMetadata, nbformat: 4, nbformat_minor: 5 };
}

function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortKeys);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, inner]) => [key, sortKeys(inner)]));
}

/** The bytes of the file: the same notebook gives the same bytes. */
export function serialize(notebook: Notebook): string {
  return `${JSON.stringify(sortKeys(notebook), null, 1)}\n`;
}
