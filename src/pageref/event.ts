/** One change of a page's reference count, as the page_ref tracepoints print it (include/trace/events/page_ref.h). */

export type PageRefOp =
  | 'page_ref_set'
  | 'page_ref_mod'
  | 'page_ref_mod_and_test'
  | 'page_ref_mod_and_return'
  | 'page_ref_mod_unless'
  | 'page_ref_freeze'
  | 'page_ref_unfreeze';

export interface PageRefEvent {
  readonly op: PageRefOp;
  /** Page frame number. */
  readonly pfn: number;
  /** The count that the tracepoint saw after the change; another CPU may have changed it meanwhile. */
  readonly count: number;
  /** What the count was changed by, or set to. */
  readonly val: number;
  /** What the operation returned; null for those that return nothing. */
  readonly ret: number | null;
  /** Null where the format does not print it. */
  readonly cpu: number | null;
  /** `bash-1234`; empty where the format does not print it. */
  readonly task: string;
  /** Seconds, as printed; empty where the format does not print it. */
  readonly time: string;
  /** Line of the input, from 1. */
  readonly line: number;
}

/** A page frame number as the trace prints it: `0x357ee`. */
export const pfnText = (pfn: number): string => `0x${pfn.toString(16)}`;

/** How the count changed: 0 where the operation was refused. Freezing and unfreezing take all references at once: they are told apart by `op`. */
export function changeOf(e: PageRefEvent): number {
  switch (e.op) {
    case 'page_ref_mod_unless':
      return e.ret === 0 ? 0 : e.val;
    case 'page_ref_freeze':
      return e.ret === 0 ? 0 : -e.val;
    default:
      return e.val;
  }
}
