/** What a notebook's page and its kernel, a worker, say to each other. */
import type { Incoming } from '../../../jupyter/comms/comms.js';
import type { MimeBundle } from '../../../jupyter/display.js';
import type { CellOutput } from '../../kernel.js';

export interface ToKernel {
  /** What the reader's bets and answers are so far, as the library keeps them. */
  readonly progress?: string;
  readonly run?: { readonly cell: string; readonly source: string };
  /** What a control says. `n`: how the kernel tells that it is done with it. */
  readonly comm?: Incoming & { readonly n: number };
}

export interface FromKernel {
  readonly ready?: true;
  /** The kernel cannot be loaded: why. */
  readonly broken?: string;
  readonly output?: { readonly cell: string; readonly output: CellOutput };
  readonly update?: { readonly id: string; readonly data: MimeBundle };
  readonly comm?: Incoming;
  readonly handled?: number;
  readonly done?: { readonly cell: string; readonly ok: boolean };
  readonly progress?: string;
}
