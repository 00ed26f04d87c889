/** Runs the cells of one document in one kernel and keeps what they left. */
import type { Executed, KernelClient } from '../client/kernel-client.js';
import { type Output, Outputs } from '../client/outputs.js';
import { KernelDeadError, TimeoutError } from '../client/pending.js';
import type { Cell, Document } from '../notebook/document.js';
import { type CellResult, storeOutput } from '../notebook/nbformat.js';

/** An author's tag: this cell shall fail, and the notebook goes on. */
export const raisesException = 'raises-exception';

export interface Failure {
  /** Index of the cell in the document. */
  readonly cell: number;
  /** Line in the cell, from 1, where it is known. */
  readonly line?: number | undefined;
  /** The name of an error. */
  readonly kind?: string;
  /** The error's message, or what happened. A message of the type checker begins with `line:column - `. */
  readonly what: string;
  /** Lines of the traceback below the message. */
  readonly traceback: readonly string[];
  /** What to look at, what to do: a line each. */
  readonly advice: readonly string[];
}

export interface NotebookRun {
  readonly results: ReadonlyMap<number, CellResult>;
  readonly failure: Failure | undefined;
}

type ErrorOutput = Extract<Output, { output_type: 'error' }>;

function lineOf(error: ErrorOutput, executionCount: number | null): number | undefined {
  const checked = /^(\d+):\d+ - /.exec(error.evalue);
  const thrown = new RegExp(`cell ${executionCount}, line (\\d+)`).exec(error.traceback.join('\n'));
  const line = checked?.[1] ?? thrown?.[1];
  return line === undefined ? undefined : Number(line);
}

function failureOf(index: number, cell: Cell, executed: Executed): Failure | undefined {
  const mayFail = cell.tags.includes(raisesException);
  const error = executed.outputs.find((output): output is ErrorOutput => output.output_type === 'error');
  if (executed.status === 'ok') {
    if (!mayFail) return undefined;
    const what = `the cell is tagged #${raisesException} but ended without an error`;
    const advice = ['the cell has lost what made it fail, or the tag has to go'];
    return { cell: index, what, traceback: [], advice };
  }
  if (mayFail && error !== undefined) return undefined;
  if (error === undefined) return { cell: index, what: `the cell was ${executed.status}`, traceback: [], advice: [] };
  const line = lineOf(error, executed.executionCount);
  const { ename: kind, evalue: what } = error;
  const advice = kind === 'TypeScriptError' ? [] : [`if it is meant to fail, tag the cell: // %% #${raisesException}`];
  return { cell: index, line, kind, what, traceback: error.traceback.slice(1), advice };
}

/** The last lines that a lost cell printed: often the only trace of how far it came. */
const printedLines = 3;

function lastPrinted(outputs: readonly Output[]): string[] {
  const text = outputs.map(output => (output.output_type === 'stream' ? output.text : '')).join('');
  if (text.trim() === '') return ['no output of it arrived'];
  return [
    'the last of its output that arrived:',
    ...text
      .trimEnd()
      .split('\n')
      .slice(-printedLines)
      .map(line => `  ${line}`),
  ];
}

function lost(index: number, error: unknown, outputs: readonly Output[]): Failure {
  const printed = lastPrinted(outputs);
  if (error instanceof TimeoutError) {
    const what = `the ${error.message.replace('execute', 'cell')}`;
    const advice = [...printed, 'look for a loop or an await without an end; --timeout SECONDS allows a cell more'];
    return { cell: index, what, traceback: [], advice };
  }
  if (error instanceof KernelDeadError) {
    const what = `the kernel died in this cell: ${error.message}`;
    const why = error.message.includes('exit code')
      ? 'a cell must not end its own process (process.exit)'
      : 'a kernel that is ended from outside is often one that took too much memory; if not, execute it again';
    return { cell: index, what, traceback: [], advice: [...printed, why] };
  }
  throw error;
}

/** Runs every code cell in order, up to the first that fails without being meant to. */
export async function runNotebook(
  kernel: KernelClient,
  document: Document,
  options: { readonly timeoutMs: number; readonly onCell?: ((index: number) => void) | undefined },
): Promise<NotebookRun> {
  const results = new Map<number, CellResult>();
  for (const [index, cell] of document.cells.entries()) {
    if (cell.type !== 'code') continue;
    options.onCell?.(index);
    if (cell.source.trim() === '') {
      results.set(index, { outputs: [], executionCount: null });
      continue;
    }
    const outputs = new Outputs();
    try {
      const executed = await kernel.execute(cell.source, { timeoutMs: options.timeoutMs, outputs });
      results.set(index, { outputs: executed.outputs.map(storeOutput), executionCount: executed.executionCount });
      const failure = failureOf(index, cell, executed);
      if (failure !== undefined) return { results, failure };
    } catch (error) {
      return { results, failure: lost(index, error, outputs.list) };
    }
  }
  return { results, failure: undefined };
}
