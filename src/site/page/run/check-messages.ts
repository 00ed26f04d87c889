/** What a notebook's page and its checker, a worker, say to each other. */

interface At {
  readonly source: string;
  readonly at: number;
}

/** One question; `begin` and `keep` come before it. */
export interface Asked {
  /** The kernel has begun anew. */
  readonly begin?: true;
  /** The cell of the last `convert` has run. */
  readonly keep?: true;
  readonly convert?: string;
  readonly check?: { readonly source: string; readonly others: readonly string[] };
  readonly complete?: At;
  readonly inspect?: At;
}

export type ToChecker = Asked & { readonly n: number };

export interface FromChecker {
  readonly ready?: true;
  /** It cannot be loaded: why. */
  readonly broken?: string;
  readonly n?: number;
  readonly value?: unknown;
  readonly failed?: string;
}
