/** A notebook as an author thinks of it: cells, without outputs. Both file forms are read into this. */

export type CellType = 'code' | 'markdown' | 'raw';

export interface Cell {
  readonly type: CellType;
  readonly source: string;
  readonly tags: readonly string[];
  /** Kept in the marker, or found in the paired .ipynb, or made from the source. */
  readonly id?: string;
  /** Line of the first line of `source` in the .ts file, from 1. */
  readonly line?: number;
}

export interface Document {
  readonly cells: readonly Cell[];
}

/** A notebook file that cannot be read: which file, where in it, what was expected. */
export class NotebookFormatError extends Error {
  override readonly name = 'NotebookFormatError';
  readonly problems: readonly string[];

  constructor(file: string, problems: readonly string[]) {
    super(problems.map(problem => `${file}${problem.startsWith(':') ? '' : ': '}${problem}`).join('\n'));
    this.problems = problems;
  }
}
