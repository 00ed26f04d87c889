/**
 * The seam between the library and whatever shows its output: the tslab kernel, the browser's kernel, or plain node.
 * A host sets `globalThis[Symbol.for('put-page.display')]`; where none is set, text is printed. No Node imports here.
 */
import { groundsSoFar, noted, STAR, starLine } from '../model/index.js';
import type { Figure, Table } from '../views/figure.js';

/** One output in several forms, keyed by MIME type; the front end takes the richest that it can draw. */
export type MimeBundle = Readonly<Record<string, unknown>>;

/** An output that may be changed later, by its id. */
export interface Updatable {
  readonly id: string;
  /** Put it in the place of what was shown under this id; an empty bundle takes it away. */
  readonly update: boolean;
}

/** What a host provides: take one bundle and put it below the running cell. */
export type DisplayHook = (bundle: MimeBundle, updatable?: Updatable) => void;

/** The name under which a host (kernel, worker, test) hands over its `DisplayHook`. */
export const displaySymbol: unique symbol = Symbol.for('put-page.display') as typeof displaySymbol;

const host = globalThis as unknown as Record<symbol, unknown>;

function emit(bundle: MimeBundle, plain: string): void {
  const hook = host[displaySymbol];
  if (typeof hook === 'function') hook(bundle);
  else console.log(plain);
}

/** Shows a bundle that is changed later. Does nothing where nothing can be changed: a terminal has its own line. */
export function showUpdatable(bundle: MimeBundle, updatable: Updatable): void {
  const hook = host[displaySymbol];
  if (typeof hook === 'function') hook(bundle, updatable);
}

function isFigure(value: unknown): value is Figure {
  return (
    typeof value === 'object' &&
    value !== null &&
    'plotly' in value &&
    'svg' in value &&
    typeof value.svg === 'string' &&
    'text' in value &&
    typeof value.text === 'string'
  );
}

function isTable(value: unknown): value is Table {
  return (
    typeof value === 'object' &&
    value !== null &&
    'columns' in value &&
    Array.isArray(value.columns) &&
    'rows' in value &&
    Array.isArray(value.rows)
  );
}

const cellText = (value: string | number | null): string => (value === null ? '' : String(value));

/** The cells as they are shown: with a star where one rests on something inferred. */
function shownRows(table: Table): readonly (readonly string[])[] {
  const star = (row: number, i: number) => (table.levels?.[row]?.[i] === 'inferred' ? STAR : '');
  return table.rows.map((cells, row) => cells.map((cell, i) => `${cellText(cell)}${star(row, i)}`));
}

/** A table as aligned text: numbers to the right, words to the left. */
export function tableAsText(table: Table): string {
  const rows = shownRows(table);
  const widths = table.columns.map((name, i) => Math.max(name.length, ...rows.map(row => row[i]?.length ?? 0)));
  const numeric = table.columns.map(
    (_, i) => table.rows.length > 0 && table.rows.every(row => row[i] === null || typeof row[i] === 'number'),
  );
  const line = (cells: readonly string[]): string =>
    widths
      .map((width, i) => {
        const text = cells[i] ?? '';
        return numeric[i] === true ? text.padStart(width) : text.padEnd(width);
      })
      .join('  ')
      .trimEnd();
  const note = noteOf(table);
  return [
    line(table.columns),
    widths.map(w => '-'.repeat(w)).join('  '),
    ...rows.map(line),
    ...(note === '' ? [] : [note]),
  ].join('\n');
}

/** What stands below a table: its own line, else what its cell rests on that is only inferred. */
const noteOf = (table: Table): string => table.note ?? starLine(groundsSoFar());

const pipe = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ');

/** A date does not break at its hyphens, however narrow its column is. */
const date = (text: string): string => (/^\d{4}-\d\d-\d\d$/.test(text) ? text.replaceAll('-', '\u2011') : text);

/** A table as a markdown pipe table. */
export function tableAsMarkdown(table: Table): string {
  const line = (cells: readonly string[]): string => `| ${cells.map(c => pipe(date(c))).join(' | ')} |`;
  const note = noteOf(table);
  return [
    line(table.columns),
    `|${table.columns.map(() => '---').join('|')}|`,
    ...shownRows(table).map(line),
    ...(note === '' ? [] : ['', note.replace('*', '\\*')]),
  ].join('\n');
}

const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

/** A table that a reader unfolds. Of HTML on one line: inside other HTML not every host reads markdown (nbconvert 6 does not). */
export function foldedTable(summary: string, table: Table): string {
  const row = (cells: readonly string[], tag: 'th' | 'td'): string =>
    `<tr>${cells.map(c => `<${tag}>${escaped(date(c))}</${tag}>`).join('')}</tr>`;
  const note = noteOf(table);
  const rows = shownRows(table).map(cells => row(cells, 'td'));
  return [
    `<details><summary>${escaped(summary)}</summary>`,
    `<table><thead>${row(table.columns, 'th')}</thead><tbody>${rows.join('')}</tbody></table>`,
    ...(note === '' ? [] : [`<p>${escaped(note)}</p>`]),
    '</details>',
  ].join('');
}

/** The bundle of a figure: interactive, a picture, and one sentence. Plotly takes no notice of what our own page reads beside its part. */
export function figureBundle(figure: Figure): MimeBundle {
  const { plotly, narrow, runs, table } = figure;
  return {
    'application/vnd.plotly.v1+json': {
      ...plotly,
      ...(narrow === undefined ? {} : { narrow }),
      table: { columns: table.columns, rows: shownRows(table) },
      // As one line: a notebook file has a line for each number otherwise.
      ...(runs === undefined ? {} : { runs: JSON.stringify(runs) }),
    },
    'image/svg+xml': figure.svg,
    'text/plain': figure.text,
  };
}

/** The bundle of a table: markdown where that is drawn, aligned text elsewhere. */
export function tableBundle(table: Table): MimeBundle {
  return { 'text/markdown': tableAsMarkdown(table), 'text/plain': tableAsText(table) };
}

/** What a value looks like as an output, or undefined when the library has no form of its own for it. */
export function bundleOf(value: unknown): MimeBundle | undefined {
  if (isFigure(value)) return figureBundle(value);
  if (isTable(value)) return tableBundle(value);
  if (isNote(value)) return { 'text/markdown': value.markdown, 'text/plain': value.text };
  return undefined;
}

function expected(what: string, value: unknown): TypeError {
  const got = value === null ? 'null' : Array.isArray(value) ? 'an array' : `a value of type ${typeof value}`;
  return new TypeError(`${what}, but was given ${got}`);
}

/** A text that is drawn as markdown: the source of a step, for one. */
export interface Note {
  readonly markdown: string;
  readonly text: string;
}

function isNote(value: unknown): value is Note {
  return (
    typeof value === 'object' &&
    value !== null &&
    'markdown' in value &&
    typeof value.markdown === 'string' &&
    'text' in value &&
    typeof value.text === 'string'
  );
}

/**
 * Shows a figure, a table or a note: a figure is interactive where the front end can draw it, a picture elsewhere, a sentence and a table in
 * plain node. The last expression of a cell needs no `show`.
 */
export function show(what: Figure | Table | Note): void {
  if (isFigure(what)) {
    // Only the picture knows whether there was room for the words, or for the star alone.
    if (what.svg.includes('* inferred:')) noted(what.table.note ?? '');
    emit(figureBundle(what), `${what.text}\n${tableAsText(what.table)}`);
  } else if (isTable(what)) showTable(what);
  else if (isNote(what)) emit({ 'text/markdown': what.markdown, 'text/plain': what.text }, what.text);
  else throw expected('show(…) needs a figure, a table { columns, rows } or the source of a step', what);
}

/** Shows a table, or the table behind a figure. */
export function showTable(source: Table | Figure): void {
  const table = isFigure(source) ? source.table : source;
  if (!isTable(table)) throw expected('showTable(table) needs { columns, rows } or a figure', source);
  emit(tableBundle(table), tableAsText(table));
  noted(noteOf(table));
}

/** Shows markdown; in plain node the source is printed. */
export function markdown(text: string): void {
  if (typeof text !== 'string') throw expected('markdown(text) needs a string', text);
  emit({ 'text/markdown': text, 'text/plain': text }, text);
}

/** Shows a picture with what it says as text; in plain node the text is printed. */
export function showPicture({ svg, text }: { readonly svg: string; readonly text: string }): void {
  emit({ 'image/svg+xml': svg, 'text/plain': text }, text);
}
