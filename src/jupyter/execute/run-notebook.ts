/** Runs the cells of one document in one kernel and keeps what they left. */
import type { Executed, KernelClient } from '../client/kernel-client.js';
import type { Output } from '../client/outputs.js';
import { KernelDeadError, TimeoutError } from '../client/pending.js';
import type { Cell, Document } from '../notebook/document.js';
import { type CellResult, storeOutput } from '../notebook/nbformat.js';

/** An author's tag: this cell shall fail, and the notebook goes on. */
export const raisesException = 'raises-exception';

export interface Failure {
  /** Index of the cell in the document. */
  readonly cell: number;
  /** Line in the cell, from 1, where it is known. */
  readonly line: number | undefined;
  readonly what: string;
  readonly traceback: readonly string[];
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
    return { cell: index, line: undefined, what, traceback: [] };
  }
  if (mayFail && error !== undefined) return undefined;
  if (error === undefined)
    return { cell: index, line: undefined, what: `the cell was ${executed.status}`, traceback: [] };
  const line = lineOf(error, executed.executionCount);
  return { cell: index, line, what: `${error.ename}: ${error.evalue}`, traceback: error.traceback };
}

function lost(index: number, error: unknown): Failure {
  if (error instanceof TimeoutError) {
    const what = `the ${error.message.replace('execute', 'cell')}; --timeout SECONDS allows more`;
    return { cell: index, line: undefined, what, traceback: [] };
  }
  if (error instanceof KernelDeadError) {
    return { cell: index, line: undefined, what: `the kernel died in this cell: ${error.message}`, traceback: [] };
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
    try {
      const executed = await kernel.execute(cell.source, { timeoutMs: options.timeoutMs });
      results.set(index, { outputs: executed.outputs.map(storeOutput), executionCount: executed.executionCount });
      const failure = failureOf(index, cell, executed);
      if (failure !== undefined) return { results, failure };
    } catch (error) {
      return { results, failure: lost(index, error) };
    }
  }
  return { results, failure: undefined };
}
