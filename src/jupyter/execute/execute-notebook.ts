/** One notebook, from its source to the executed file: written, or compared with the one that is committed. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { KernelClient } from '../client/kernel-client.js';
import { type Document, NotebookFormatError } from '../notebook/document.js';
import { type Notebook, serialize, toDocument, toNotebook } from '../notebook/nbformat.js';
import { parsePercent } from '../notebook/percent.js';
import { parseNotebook, problemsOf } from '../notebook/validate.js';
import { describeFailure } from './describe-failure.js';
import { firstDifference } from './difference.js';
import { type NotebookRun, runNotebook } from './run-notebook.js';
import type { Target } from './targets.js';

export interface ExecuteSettings {
  readonly check: boolean;
  readonly timeoutMs: number;
}

export interface Outcome {
  readonly ok: boolean;
  /** One line for the progress report; more lines tell what failed. */
  readonly report: string;
}

interface Loaded {
  readonly document: Document;
  readonly previous: Notebook | undefined;
  /** The text of the .ipynb as it is on disk. */
  readonly committed: string | undefined;
}

const shortPath = (file: string): string => path.relative(process.cwd(), file);

function load(target: Target): Loaded {
  const committed = existsSync(target.ipynb) ? readFileSync(target.ipynb, 'utf8') : undefined;
  const previous = committed === undefined ? undefined : parseNotebook(committed, shortPath(target.ipynb));
  if (target.ts !== undefined) {
    const document = parsePercent(readFileSync(target.ts, 'utf8'), shortPath(target.ts));
    if (document.cells.length === 0) {
      throw new NotebookFormatError(shortPath(target.ts), ['there is no cell in it; a cell begins with // %%']);
    }
    return { document, previous, committed };
  }
  if (previous === undefined) throw new NotebookFormatError(shortPath(target.ipynb), ['the file is gone']);
  return { document: toDocument(previous), previous, committed };
}

function tellFailure(target: Target, notebook: Notebook, document: Document, run: NotebookRun): string | undefined {
  if (run.failure === undefined) return undefined;
  const source = target.ts === undefined ? undefined : shortPath(target.ts);
  const cellOf = new Map([...run.results].map(([cell, { executionCount }]) => [executionCount ?? 0, cell]));
  const id = notebook.cells[run.failure.cell]?.id ?? '';
  return describeFailure({ document, source, ipynb: shortPath(target.ipynb), cellOf }, run.failure, id);
}

function settle(target: Target, committed: string | undefined, now: string, check: boolean): Outcome {
  if (committed === now) return { ok: true, report: check ? 'as committed' : 'unchanged' };
  if (!check) {
    writeFileSync(target.ipynb, now);
    return { ok: true, report: 'written' };
  }
  const name = path.basename(target.ipynb, '.ipynb');
  const advice = `\`npx put-page execute ${name}\` writes it`;
  if (committed === undefined) return { ok: false, report: `${shortPath(target.ipynb)} is missing; ${advice}` };
  return {
    ok: false,
    report: `${shortPath(target.ipynb)} is not what its source gives now; ${advice}\n${firstDifference(committed, now)}`,
  };
}

/** Executes `target` in a kernel from `take`, which is ended afterwards. */
export async function executeNotebook(
  target: Target,
  take: () => Promise<KernelClient>,
  settings: ExecuteSettings,
): Promise<Outcome> {
  const { document, previous, committed } = load(target);
  const kernel = await take();
  try {
    const run = await runNotebook(kernel, document, settings);
    const notebook = toNotebook(document, previous, run.results);
    const failed = tellFailure(target, notebook, document, run);
    if (failed !== undefined) return { ok: false, report: failed };
    const problems = problemsOf(notebook);
    if (problems.length > 0) throw new NotebookFormatError(shortPath(target.ipynb), problems);
    return settle(target, committed, serialize(notebook), settings.check);
  } finally {
    await kernel.shutdown();
  }
}
