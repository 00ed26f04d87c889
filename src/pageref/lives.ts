/** What a ledger says of a page: its lifetimes, who has what of it, and what did not fit together. */

/** References that were there before the trace began. */
export const BEFORE = 'before the trace';

/** What a holder has of one page. */
export interface Entry {
  readonly name: string;
  took: number;
  gaveBack: number;
  /** References taken less those given back. Below zero: given back without having been taken under this name. */
  balance: number;
  /** The last event that took a reference; line 0: the trace has none. Plain fields, since there may be half a million of them. */
  line: number;
  task: string;
  time: string;
  functions: readonly string[];
}

/** A lifetime of a page: from its first reference, or the start of the trace, to the last one. */
export interface Life {
  readonly pfn: number;
  /** From 1, within the trace. */
  readonly life: number;
  readonly firstLine: number;
  lastLine: number;
  changes: number;
  count: number;
  /** How often the printed count was not the one that the changes add up to: other CPUs, or lost events. */
  off: number;
  /** References that somebody froze to work on the page alone; 0: none. */
  frozen: number;
  ended: boolean;
  /** In the order in which they came; most pages have one or two. */
  holders: readonly Entry[];
}

export interface HolderTotal {
  name: string;
  took: number;
  gaveBack: number;
  /** References held at the end, and on how many pages. */
  holds: number;
  pages: number;
}

/** Taken under one name and given back under another, in lifetimes that ended. */
export interface Pair {
  taken: string;
  givenBack: string;
  times: number;
  example: { pfn: string; life: number };
}

export interface ScoreRow {
  line: number;
  time: string;
  cpu: number | null;
  task: string;
  op: string;
  change: number;
  count: number;
  holder: string;
  functions: readonly string[];
  /** Balances of all holders after the change. */
  holds: Readonly<Record<string, number>>;
}

export interface LedgerOptions {
  /** Pages to draw: only these have a score. */
  pfns?: readonly string[];
}
