/** Truth table: predicates against cases, with words on the cells. */
import type { Figure } from './figure.js';
import { type Cell, type CellValue, gridFigure, madeCell, tally } from './grid.js';
import { plainText, plural } from './text.js';

export interface TruthTableInput {
  readonly title?: string;
  /** The cases: page kinds, combinations of inputs. */
  readonly rows: readonly string[];
  /** The questions: predicates, or versions of one. */
  readonly columns: readonly string[];
  /** The answer, computed: `true`/`false` are drawn as yes and no; a string stands as it is; `{ text, tone }` is coloured by its tone; null is no cell. */
  readonly cell: (row: string, column: string) => CellValue;
  readonly rowTitle?: string;
  readonly columnTitle?: string;
  /** The worst that happens, in words: below the cells, and first in the sentence. */
  readonly event?: string;
  /** A line below: what a sign on the cells means. */
  readonly note?: string;
}

/**
 * Shows what each question answers for each case. A row is a case, a column a question (or one predicate in several versions); read along a row to see
 * where the answers part. The word on the cell is the answer; its colour only repeats it.
 * Errors: no rows or columns, names twice, an unknown tone.
 */
export function truthTable(input: TruthTableInput): Figure {
  const { rows, columns } = input;
  const cells = rows.map(r => columns.map((c): Cell | null => madeCell(() => input.cell(r, c))));
  return gridFigure({
    title: plainText(input.title ?? `${plural(rows.length, 'case')}, ${plural(columns.length, 'question')}`),
    rows,
    columns,
    cells,
    ...(input.rowTitle === undefined ? {} : { rowTitle: input.rowTitle }),
    ...(input.columnTitle === undefined ? {} : { columnTitle: input.columnTitle }),
    ...(input.note === undefined ? {} : { note: input.note }),
    ...(input.event === undefined ? {} : { event: input.event }),
    text: `${input.title === undefined ? 'Truth table' : input.title}: ${plural(rows.length, 'case')} by ${plural(columns.length, 'question')}; the answers are ${tally(cells)}.`,
    table: {
      columns: [input.rowTitle ?? 'case', ...columns],
      rows: rows.map((r, i) => [r, ...(cells[i] ?? []).map(c => c?.text ?? null)]),
    },
  });
}
