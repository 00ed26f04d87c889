/** Release × page kind matrix: what happens to each kind of page in each release. */
import type { Figure } from './figure.js';
import { type Cell, type CellValue, gridFigure, madeCell, tally } from './grid.js';
import { list, plainText, plural } from './text.js';

export interface ReleaseMatrixInput {
  readonly title?: string;
  /** Rows, in the order in which they are told: page kinds, paths, cases. */
  readonly kinds: readonly string[];
  /** Columns, oldest first; labels such as `5.10` stay labels. */
  readonly releases: readonly string[];
  /** What happens, computed by running the model. */
  readonly cell: (kind: string, release: string) => CellValue;
}

/**
 * Shows how the outcome for each kind of page changed from release to release. Read along a row: a thick edge between two cells is a release that
 * changed the outcome; a row without one never changed. The words are the outcome, colours repeat them (see `Tone`).
 * Errors: no kinds or releases, names twice, an unknown tone.
 */
export function releaseMatrix(input: ReleaseMatrixInput): Figure {
  const { kinds, releases } = input;
  const cells = kinds.map(k => releases.map((r): Cell | null => madeCell(() => input.cell(k, r))));
  const edges = cells.flatMap((row, i) =>
    row.flatMap((c, j) => (j > 0 && c?.text !== row[j - 1]?.text ? [[i, j] as const] : [])),
  );
  const changed = [...new Set(edges.map(([, j]) => releases[j] ?? ''))];
  const by = releases.filter(r => changed.includes(r));
  return gridFigure({
    title: plainText(input.title ?? 'What each release does'),
    rows: kinds,
    columns: releases,
    columnTitle: 'release',
    cells,
    edges,
    text: `${plural(kinds.length, 'row')} by ${plural(releases.length, 'release')}: ${tally(cells)}. ${by.length === 0 ? 'No release changes any outcome' : `Outcomes change in ${list(by)}`}.`,
    table: {
      columns: ['', ...releases],
      rows: kinds.map((k, i) => [k, ...(cells[i] ?? []).map(c => c?.text ?? null)]),
    },
  });
}
