/** Who could have left the thread's page as it was found: each suspect, and every shortest history that ends like this. */
import { shortestWays } from '../../explorer/index.js';
import type { SplatReport } from '../../splat/index.js';
import type { Table } from '../../views/figure.js';
import { badPageSplat, DIES_IN_DRAIN, type Suspect } from './model.js';

export interface SuspectWays {
  readonly who: string;
  readonly steps: number | null;
  readonly ways: number;
  /** The processes that take a step in them. */
  readonly parties: readonly string[];
}

const ASKED: readonly (readonly [who: string, release: string, suspect: Suspect])[] = [
  ['KVM’s retry, with v11', '6.9.12+v11', 'nobody'],
  ['an unmap without rmap', '6.9', 'lost rmap'],
  ['a stray put', '6.9', 'stray put'],
];

/** Three suspects, and how each comes to refcount 0 and mapcount 1 in a drain. A batch of 2 tells the same in fewer steps. */
export function suspects(): readonly SuspectWays[] {
  return ASKED.map(([who, release, suspect]) => {
    const { traces, length } = shortestWays(badPageSplat({ release, suspect, batch: 2 }), DIES_IN_DRAIN);
    const parties = [...new Set(traces.flatMap(t => t.steps.map(s => s.process)))];
    return { who, steps: length, ways: traces.length, parties };
  });
}

/** The function that a search found guilty if the report's trace names it, else that it does not. */
export function inTrace(r: SplatReport, guilty: string | undefined): string {
  return guilty !== undefined && r.trace.includes(guilty) ? guilty : 'none in the trace';
}

export function suspectsTable(found: readonly SuspectWays[]): Table {
  return {
    columns: ['suspect', 'steps', 'shortest runs', 'who takes part'],
    rows: found.map(f => [f.who, f.steps, f.ways, f.parties.join(', ')]),
  };
}
