/** What a step sees of a declaration: mapped types only, nothing that runs. */
import type { Constant, Count, Field, HolderBy, LockField, Pointer, Stat } from './declare.js';
import type { DidYouMean } from './known-names.js';

/** Anything with an id: a process's `me`, an element of a sort. */
export interface Element {
  readonly id: number;
}

/** The arguments after a holder's name: whose holding it is, where there is one for each element. Of a name that is none, the name is the error. */
export type By<H, K> = K extends keyof H ? (H[K] extends HolderBy<string> ? [by: Element] : []) : [by?: Element];

/** One of the holders; in place of a misspelt one the compiler says which there are. */
type Holder<K extends string, H> = string extends K ? K : K extends keyof H ? K : K & DidYouMean<keyof H & string>;
/** What a completion list offers. */
type Holders<H> = (keyof H & string) | (string & {});

/** The verbs of a count. Only these change it, and each names the holder. */
export interface Counter<H> {
  /** Takes one: `page_ref_inc`. No test. */
  get<K extends Holders<H>>(holder: Holder<K, H>, ...by: By<H, K>): void;
  /** Gives one back. One who holds nothing is booked with an overdraft: accounting is violated. */
  put<K extends Holders<H>>(holder: Holder<K, H>, ...by: By<H, K>): void;
  /** Takes one unless the count is 0 or less: `page_ref_add_unless(page, 1, 0)`, `try_get_page`. */
  tryGet<K extends Holders<H>>(holder: Holder<K, H>, ...by: By<H, K>): boolean;
  /** Gives one back and says whether the count is now 0: `put_page_testzero`. */
  putTestZero<K extends Holders<H>>(holder: Holder<K, H>, ...by: By<H, K>): boolean;
  /** The reference changes hands; the count stays. */
  handOver<A extends Holders<H>, B extends Holders<H>>(from: Holder<A, H>, to: Holder<B, H>): void;
  /** count == n */
  is(n: number): boolean;
  /** count > n */
  above(n: number): boolean;
  /** The number itself: a search forks over every value, so prefer `is` and `above`. */
  count(): number;
  /** For properties only (a kernel cannot ask who holds): what this holder holds. */
  held<K extends Holders<H>>(holder: Holder<K, H>, ...by: By<H, K>): number;
}

/** The verbs of a lock. */
export interface Lock {
  /** Waits while it is held. */
  lock(): void;
  /** Takes it unless it is held. */
  trylock(): boolean;
  unlock(): void;
  readonly held: boolean;
}

export interface Tally {
  add(n: number): void;
}

type Leaf<D, X> =
  X extends Field<infer T>
    ? T
    : X extends Pointer<infer K>
      ? RecordOf<D, K> | null
      : X extends Constant<infer T>
        ? T
        : X extends Count<infer H>
          ? Counter<H>
          : X extends LockField
            ? Lock
            : X extends Stat
              ? Tally
              : never;

type Writable<G> = { [K in keyof G as G[K] extends Field<infer _> | Pointer<string> ? K : never]: G[K] };
type Fixed<G> = { [K in keyof G as G[K] extends Field<infer _> | Pointer<string> ? never : K]: G[K] };

/** One group's record: fields to read and write, counts, locks. */
export type Rec<D, G> = { -readonly [K in keyof Writable<G>]: Leaf<D, G[K & keyof G]> } & {
  readonly [K in keyof Fixed<G>]: Leaf<D, G[K & keyof G]>;
};

export type RecordOf<D, K> = Element & ([K] extends [never] ? unknown : K extends keyof D ? Rec<D, D[K]> : unknown);

/** The whole state: a group named like a sort is an array over it. */
export type State<D, Sorts> = {
  readonly [K in keyof D]: K extends keyof Sorts ? readonly RecordOf<D, K>[] : Rec<D, D[K]>;
} & { readonly [K in Exclude<keyof Sorts, keyof D>]: readonly Element[] };

/** What a process has for itself: its id, its locals, and what the state declares for its element of the sort. */
export type Me<D, L, K = never> = Element &
  Rec<D, L> &
  ([K] extends [never] ? unknown : K extends keyof D ? Rec<D, D[K]> : unknown);

/** Nothing happens until something else changes. */
export const wait: unique symbol = Symbol('wait');
/** The process ends; its locals go back to their start values. */
export const done: unique symbol = Symbol('done');
/** The process goes back to its first step; its locals go back to their start values. */
export const restart: unique symbol = Symbol('restart');
/** Where a process goes: the next step in order (nothing returned), a named step, or one of the three symbols. */
export type Next = string | typeof wait | typeof done | typeof restart | undefined | void;

/** Any of these, one branch of the search each. */
export interface Pick {
  <T extends Element>(elements: readonly T[]): T;
  /** 0 to n-1 */
  (n: number): number;
}

export type Step<S, M> = (s: S, me: M, pick: Pick) => Next;

/** Where each process stands: the label of its next step, or 'done'. */
export type At = Readonly<Record<string, readonly string[]>>;
