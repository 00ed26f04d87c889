/** One line below a cell that tells how far a search is: it moves, and it is gone when the search has ended. */
import type { Progress } from '../explorer/index.js';
import { showUpdatable } from './display.js';

/** A search that ends sooner shows no line. */
const AFTER_MS = 1000;

let lines = 0;

/** 4,675,296 states, 5.1 M/s, depth 45, 110 MB */
export function progressText(p: Progress): string {
  const rate = (p.states / Math.max(1, p.ms) / 1000).toFixed(1);
  return `${p.states.toLocaleString('en')} states, ${rate} M/s, depth ${p.depth}, ${Math.round(p.bytes / 1e6)} MB`;
}

export interface ProgressLine {
  /** For the option `progress` of a search. */
  tell(p: Progress): boolean;
  /** Takes the line away. */
  end(): void;
}

/** A new line; it appears with the first telling after a second. */
export function progressLine(): ProgressLine {
  const id = `put-page-progress-${++lines}`;
  let shown = false;
  return {
    tell: p => {
      if (p.ms < AFTER_MS) return true;
      showUpdatable({ 'text/plain': progressText(p) }, { id, update: shown });
      shown = true;
      return true;
    },
    end: () => {
      if (shown) showUpdatable({}, { id, update: true });
    },
  };
}
