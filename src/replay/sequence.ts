/**
 * A sequence of operations on two pages of anonymous memory, by a process, its child and a guest, as one row an operation. Recorded after
 * each, with the LRU's batches drained. How an operation is written: README.md of data/recordings.
 */
import type { RecordedKernel } from '../linux/index.js';
import type { Entry, RamPage } from '../linux/mm/mm_types.js';
import { boot, type Machine } from './machine.js';
import { Guest, type GupFunction, Process, type Release, type Taken } from './process.js';

/** How many addresses each process has. */
export const ADDRESSES = 2;
const GUP: readonly GupFunction[] = ['pin_user_pages', 'pin_user_pages_fast', 'get_user_pages_fast'];
const FOLL_WRITE = 1;
const FOLL_LONGTERM = 2;

/** What the model says after an operation. */
export interface Moment {
  readonly ret: number;
  readonly errno: number;
  /** KVM's releases during a KVM_RUN; null: another operation. */
  readonly releases: readonly Release[] | null;
  /** Change of the zero page's count since the sequence began. */
  readonly zero: number;
  readonly parent: readonly Entry[];
  /** Null: no child. */
  readonly child: readonly Entry[] | null;
  /** A page for each gup so far, in order; null: nothing taken, or given back. */
  readonly held: readonly (RamPage | null)[];
}

/** Plays operations one by one. */
export class SequencePlayer {
  readonly m: Machine;
  private readonly parent: Process;
  private child: Process | null = null;
  private guest: Guest | null = null;
  private readonly handles: (Taken | null)[] = [];
  private readonly zeroAtStart: number;

  /** `rules`: the release whose rules are followed, where it is another. */
  constructor(kernel: RecordedKernel, rules: string = kernel) {
    this.m = boot(kernel, rules);
    this.parent = new Process(this.m, { addresses: ADDRESSES });
    this.zeroAtStart = this.m.zero._refcount.count();
  }

  /** What is wrong with the operation here; null: it can be played. */
  objection(op: string): string | null {
    if (!OPERATION.test(op)) return `'${op}' is no operation; expected one of ${OPERATIONS}`;
    const [kind = ''] = op;
    if ('RWDGx'.includes(kind) && this.child === null) return `'${op}' without a child; expected f before it`;
    if (op === 'f' && this.child !== null) return `'f' with a child that is still there; expected x before it`;
    if (op === 'kc' && this.guest !== null) return `'kc' with a guest that is still there; expected kd before it`;
    if (/^k[rwd]/.test(op) && this.guest === null) return `'${op}' without a guest; expected kc before it`;
    const handle = Number(op.slice(1));
    if (kind === 'u' && handle >= this.handles.length)
      return `'${op}' of a gup that was not; there were ${this.handles.length}, counted from 0`;
    return null;
  }

  /** Plays one. Errors: an operation that cannot be here. */
  play(op: string): Moment {
    const objection = this.objection(op);
    if (objection !== null) throw new RangeError(objection);
    const done = this.operation(op);
    this.parent.drain();
    return {
      ret: done.ret ?? 0,
      errno: done.errno ?? 0,
      releases: done.releases ?? null,
      zero: this.m.zero._refcount.count() - this.zeroAtStart,
      parent: this.parent.s.va,
      child: this.child?.s.va ?? null,
      held: this.handles.map(h => h?.page ?? null),
    };
  }

  private operation(op: string): { ret?: number; errno?: number; releases?: readonly Release[] } {
    const [kind = '', second = ''] = op;
    const process = 'RWDG'.includes(kind) ? this.child : this.parent;
    if (process === null) throw new RangeError(`'${op}' without a child`);
    const i = Number(second);
    switch (kind.toLowerCase()) {
      case 'r':
      case 'w':
        return { ret: process.touch(i, kind.toLowerCase() === 'r' ? 'read' : 'write') };
      case 'd':
        process.dontneed(i);
        return {};
      case 'g':
        return this.gup(process, i, Number(op[2]), Number(op[3]));
      case 'u':
        return this.put(Number(op.slice(1)));
      case 'f':
        this.child = this.parent.fork();
        return {};
      case 'x':
        this.child?.munmap();
        this.child = null;
        return {};
      default:
        return this.kvm(second, Number(op[2]));
    }
  }

  private gup(process: Process, i: number, flags: number, mode: number): { ret: number } {
    const how = { write: (flags & FOLL_WRITE) > 0, longterm: (flags & FOLL_LONGTERM) > 0 };
    const taken = process.gup(i, GUP[mode] ?? 'get_user_pages_fast', how);
    this.handles.push(taken.ret > 0 ? taken : null);
    return { ret: taken.ret };
  }

  private put(n: number): { ret: number } {
    const taken = this.handles[n] ?? null;
    if (taken !== null) this.parent.put(taken);
    this.handles[n] = null;
    return { ret: 0 };
  }

  private kvm(what: string, i: number): { ret?: number; errno?: number; releases?: readonly Release[] } {
    if (what === 'c') this.guest = new Guest(this.parent);
    if (what === 'd') {
      this.guest?.destroy();
      this.guest = null;
    }
    if (what !== 'r' && what !== 'w') return {};
    const run = this.guest?.run(i, what === 'r' ? 'read' : 'write');
    return run === undefined ? {} : { ret: run.exit, errno: run.errno, releases: run.releases };
  }
}

const OPERATION = /^(?:[rwdRWD][01]|[gG][01][0-3][0-2]|u\d+|[fx]|k[cd]|k[rw][01])$/;
/** How operations are written, for an error. */
export const OPERATIONS =
  'r0 w0 d0 (read, write, MADV_DONTNEED), R0 W0 D0 (in the child), f, x, g011 G011 (gup: page, flags, mode), u0 (put the first), kc kd kr0 kw0';
