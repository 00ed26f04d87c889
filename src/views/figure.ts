/**
 * What every view makes: one figure in four forms. Pure data: no notebook, no DOM, nothing random.
 */

import type { Evidence } from '../model/index.js';
import type { Music } from './score/music.js';

/** A table: the numbers behind a figure, in the order in which a reader would say them. */
export interface Table {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (string | number | null)[])[];
  /** How well each cell is known, row by row; null: nothing is said of it. A table that is shown marks what is inferred. */
  readonly levels?: readonly (readonly (Evidence | null)[])[];
  /** A line below it: what a mark means. '': there is nothing to say; absent: what the cell rests on is said, where there is one. */
  readonly note?: string;
}

/** The subset of plotly JSON that plotly 3 and 4 share; see docs/figures.md for what the SVG twin can draw. */
export interface PlotlyFigure {
  readonly data: readonly Readonly<Record<string, unknown>>[];
  readonly layout: Readonly<Record<string, unknown>>;
  /** One frame a step, for the slider: stepping works without a kernel. */
  readonly frames?: readonly Readonly<Record<string, unknown>>[];
  readonly config?: Readonly<Record<string, unknown>>;
}

/** Runs behind the cells of a grid, each once. */
export interface Runs {
  readonly music: readonly Music[];
  /** Which of them a cell has, row by row of the table; null: none. */
  readonly of: readonly (readonly (number | null)[])[];
}

export interface Figure {
  readonly plotly: PlotlyFigure;
  /** A picture drawn from `plotly`, complete in itself (opaque white, no script). */
  readonly svg: string;
  /** One sentence that says what is seen: alt text, and the text/plain form. */
  readonly text: string;
  readonly table: Table;
  /** The same for a telephone, where it has to be set anew: words do not shrink. */
  readonly narrow?: PlotlyFigure;
  /** What the application draws below when a cell is chosen. */
  readonly runs?: Runs;
}
