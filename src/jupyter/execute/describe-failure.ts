/**
 * A failed cell as a compiler would say it: file and line of the source first, so that an editor can jump there. The
 * kernel counts cells as they run and lines within a cell; here both become lines of the file.
 */
import type { Document } from '../notebook/document.js';
import type { Failure } from './run-notebook.js';

export interface Places {
  readonly document: Document;
  /** How the source is called in messages, or undefined where there is only an .ipynb. */
  readonly source: string | undefined;
  readonly ipynb: string;
  /** Which cell (index in the document) had which execution count. */
  readonly cellOf: ReadonlyMap<number, number>;
}

/** What has to be added to a line of a cell to have the line of the file; 0 where cells have no file lines. */
function shiftOf({ document, source }: Places, cell: number): number {
  const first = document.cells[cell]?.line;
  return source === undefined || first === undefined ? 0 : first - 1;
}

function place(places: Places, cell: number, line: number): string {
  const { source, ipynb } = places;
  if (source !== undefined) return `${source}:${line + shiftOf(places, cell)}`;
  return `${ipynb}, cell ${cell + 1}, line ${line}`;
}

const frame = /^ {2}at cell (\d+), line (\d+)/;
const checked = /^(\d+):(\d+) - /;
const numbered = /^ {4}(\d+) \| /;
const caret = /^ +\^$/;

function relocate(places: Places, failure: Failure): string[] {
  let cell = failure.cell;
  let wider = 0;
  return failure.traceback.map(line => {
    const at = frame.exec(line);
    if (at !== null) {
      cell = places.cellOf.get(Number(at[1])) ?? cell;
      return line.replace(frame, `  at ${place(places, cell, Number(at[2]))}`);
    }
    const message = checked.exec(line);
    if (message !== null) {
      return line.replace(checked, `${place(places, failure.cell, Number(message[1]))}:${message[2]} - `);
    }
    const row = numbered.exec(line)?.[1];
    if (row !== undefined) {
      const now = String(Number(row) + shiftOf(places, cell));
      wider = now.length - row.length;
      return line.replace(numbered, `    ${now} | `);
    }
    return caret.test(line) ? ' '.repeat(wider) + line : line;
  });
}

/** One line that says where and what, then the traceback, then what to do. `id` is the cell's. */
export function describeFailure(places: Places, failure: Failure, id: string): string {
  const { cell, line = 1, what } = failure;
  const { source, ipynb } = places;
  const column = checked.exec(what)?.[2];
  const spot = `${line + shiftOf(places, cell)}${column === undefined ? '' : `:${column}`}`;
  const where = `cell ${cell + 1} (id ${id})`;
  const head = source === undefined ? `${ipynb}: ${where}, line ${spot}` : `${source}:${spot}: ${where}`;
  const kind = failure.kind === undefined ? '' : `${failure.kind}: `;
  const trace = relocate(places, failure);
  const lines = [...trace, ...failure.advice.map(text => `  ${text}`)].map(text => `    ${text}`);
  return [`${head}: ${kind}${what.replace(checked, '')}`, ...lines].join('\n');
}
