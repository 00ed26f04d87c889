/** How long a cell runs, at the lower edge of its code: counted from the first second on, and quiet when it was quick. */
import type { Cell } from '@jupyterlab/cells';
import { NotebookActions, type NotebookPanel } from '@jupyterlab/notebook';
import { element } from '../dom.js';
import type { Runs } from './runs.js';

/** Shorter than that is no wait, and nothing is said of it. */
const SHOWN_MS = 1000;

/** `2.3 s`, `4 min 10 s`. */
export function duration(ms: number): string {
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

/** The line at one cell. It has no place of its own, so nothing moves when it appears; it is no live region, so nothing is read out each second. */
class Clock {
  readonly #node = element('span', { class: 'pp-took' });
  #timer: ReturnType<typeof setInterval> | undefined;
  #began = 0;
  #waits = false;

  constructor(cell: Cell) {
    // The input area itself cuts off what stands over its edge.
    cell.inputArea?.node.parentElement?.append(this.#node);
    cell.disposed.connect(() => clearInterval(this.#timer));
  }

  /** It was sent, and others run before it. */
  wait(): void {
    if (this.#timer !== undefined) return;
    this.#tick(ms => (ms < SHOWN_MS ? '' : 'waiting'));
    this.#waits = true;
  }

  begin(): void {
    this.#tick(ms => (ms < SHOWN_MS ? '' : `running, ${Math.floor(ms / 1000)} s`));
  }

  end(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    const ms = performance.now() - this.#began;
    this.#node.textContent = ms < SHOWN_MS ? '' : `took ${duration(ms)}`;
  }

  /** Nothing is said of a cell that only waited. */
  neverBegan(): void {
    if (!this.#waits) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#waits = false;
    this.#node.textContent = '';
  }

  #tick(words: (ms: number) => string): void {
    clearInterval(this.#timer);
    this.#waits = false;
    this.#began = performance.now();
    const show = (): void => {
      const text = words(performance.now() - this.#began);
      if (this.#node.textContent !== text) this.#node.textContent = text;
    };
    show();
    this.#timer = setInterval(show, 250);
  }
}

export function showRunTimes(panel: NotebookPanel, runs: Runs): void {
  const clocks = new WeakMap<Cell, Clock>();
  const of = (cell: Cell): Clock => {
    const clock = clocks.get(cell) ?? new Clock(cell);
    clocks.set(cell, clock);
    return clock;
  };
  runs.listen({ began: ({ cell }) => of(cell).begin(), ended: ({ cell }) => of(cell).end() });
  NotebookActions.executionScheduled.connect((_, { notebook, cell }) => {
    if (notebook === panel.content && cell.model.type === 'code') of(cell).wait();
  });
  // Of a cell that never began, because one before it failed, there is nothing to say.
  NotebookActions.executed.connect((_, { cell }) => clocks.get(cell)?.neverBegan());
}
