/** The releases of data/releases.json as the compiler knows them, so that a misspelt one does not compile. A test compares the two. */
import type { Named } from '../../model/known-names.js';

/** Mainline releases, oldest first. */
export const MAINLINE = [
  '4.3',
  '4.4',
  '4.5',
  '4.6',
  '4.7',
  '4.8',
  '4.9',
  '4.10',
  '4.11',
  '4.12',
  '4.13',
  '4.14',
  '4.15',
  '4.16',
  '4.17',
  '4.18',
  '4.19',
  '4.20',
  '5.0',
  '5.1',
  '5.2',
  '5.3',
  '5.4',
  '5.5',
  '5.6',
  '5.7',
  '5.8',
  '5.9',
  '5.10',
  '5.11',
  '5.12',
  '5.13',
  '5.14',
  '5.15',
  '5.16',
  '5.17',
  '5.18',
  '5.19',
  '6.0',
  '6.1',
  '6.2',
  '6.3',
  '6.4',
  '6.5',
  '6.6',
  '6.7',
  '6.8',
  '6.9',
  '6.10',
  '6.11',
  '6.12',
  '6.13',
  '6.14',
  '6.15',
  '6.16',
  '6.17',
  '6.18',
  '6.19',
  '7.0',
  '7.1',
  '7.2',
] as const;

/** Series that were not merged, on the release that they were sent for. */
export const SERIES = ['6.8-rc3+v11', '6.8+v11', '6.9.12+v11', '6.9.12+v11-remedy'] as const;

type Line = (typeof MAINLINE)[number];

/** `5.3`, `5.4-rc8`, `6.1.192`, `6.8+v11`. Which release candidates and stable releases there are, is looked up when it runs. */
export type ReleaseName = Line | `${Line}-rc${number}` | `${Line}.${number}` | (typeof SERIES)[number];

/** An option `release` that the compiler looks at where it stands there as a text: see `Named`. */
export interface Released<R extends string> {
  readonly release?: R & Named<R, ReleaseName>;
}
