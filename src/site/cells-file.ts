/** What a notebook's page fetches when it is made live: the cells as they were written, and their bets. */
import type { Lesson } from '../desk/lesson.js';
import { marksOf } from '../handouts/index.js';
import { joinLines, type Notebook } from '../jupyter/notebook/nbformat.js';

export interface BetOf {
  readonly id: string;
  readonly question: string;
  /** As code. */
  readonly options: readonly string[];
}

export interface CellOf {
  readonly id: string;
  readonly type: 'code' | 'markdown' | 'raw';
  readonly source: string;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly bets: readonly BetOf[];
}

export interface CellsFile {
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly cells: readonly CellOf[];
}

const code = (option: string | number | boolean): string =>
  typeof option === 'string' ? `'${option.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'` : String(option);

export function cellsFile({ cells, metadata }: Notebook, lesson: Lesson): CellsFile {
  return {
    metadata: metadata as Readonly<Record<string, unknown>>,
    cells: cells.map(cell => {
      const source = joinLines(cell.source);
      const bets = cell.cell_type === 'code' ? marksOf(source, lesson).bets : [];
      return {
        id: cell.id,
        type: cell.cell_type,
        source,
        metadata: cell.metadata as Readonly<Record<string, unknown>>,
        bets: bets.map(({ id, question, options = [] }) => ({ id, question, options: options.map(code) })),
      };
    }),
  };
}
