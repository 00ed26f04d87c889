/** What a cell shows of its runs: the lines that failed, where a traceback leads, how long it took. */
import type { NotebookPanel } from '@jupyterlab/notebook';
import type { Notices } from '../notebook/notices.js';
import { markFailedLines } from './failed-lines.js';
import { followPlaces } from './places.js';
import { showRunTimes } from './run-time.js';
import { Runs } from './runs.js';

export function followRuns(panel: NotebookPanel, notices: Notices): void {
  const runs = new Runs(panel);
  markFailedLines(runs);
  followPlaces(panel, runs, notices);
  showRunTimes(panel, runs);
}
