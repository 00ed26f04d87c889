/** What a notebook's page and its kernel, a worker, say to each other. */
import type { CellOutput } from '../../kernel.js';

export interface ToKernel {
  /** What the reader's bets and answers are so far, as the library keeps them. */
  readonly progress?: string;
  readonly run?: { readonly cell: string; readonly source: string };
}

export interface FromKernel {
  readonly ready?: true;
  /** The kernel cannot be loaded: why. */
  readonly broken?: string;
  readonly output?: CellOutput;
  readonly done?: { readonly cell: string; readonly ok: boolean };
  readonly progress?: string;
}
