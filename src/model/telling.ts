/** How a model is told: a phrase for each step, and the marks of the events that a reader must not miss. Plain data beside the model; nothing searched. */
import { ModelError } from './error.js';
import type { Booking } from './interpret.js';
import { valueAt } from './run.js';
import type { Change, Trace, TraceStep, Value } from './trace.js';

/** The events that every model and every figure knows: one sign and one word each, and how bad it is. */
export const MARKS = {
  freed: { sign: '✖', word: 'freed under its owner', tone: 'bad' },
  reused: { sign: '⇄', word: 'reused by another', tone: 'warn' },
  stale: { sign: '✎', word: 'stale write', tone: 'bad' },
  refused: { sign: '⊘', word: 'access refused', tone: 'bad' },
  lost: { sign: '◌', word: 'reference lost', tone: 'bad' },
  overdraft: { sign: '▼', word: 'overdraft', tone: 'bad' },
  retry: { sign: '↻', word: 'retry', tone: 'warn' },
  asleep: { sign: '☾', word: 'asleep', tone: 'warn' },
  'never ends': { sign: '∞', word: 'never ends', tone: 'bad' },
  broken: { sign: '!', word: 'broken', tone: 'bad' },
} as const satisfies Readonly<Record<string, MarkLook>>;

export interface MarkLook {
  readonly sign: string;
  readonly word: string;
  readonly tone: 'bad' | 'warn' | 'good';
}

export type MarkName = keyof typeof MARKS;

/** A step of a run, as phrases and marks see it: where it stands, what it did, and any value before and after. */
export interface Seen
  extends Pick<TraceStep, 'process' | 'step' | 'next' | 'waited' | 'bookings' | 'changes' | 'picks'> {
  /** The value at `path` before the step; a local of the process by its bare name. Errors: there is none. */
  was(path: string): Value;
  /** The same after the step. */
  now(path: string): Value;
  /** Did the value at `path` change, to `to` if that is given? A pattern asks of any path. */
  turned(path: string | RegExp, to?: Value): Change | undefined;
  /** What it took of the first count that it took of, as `0 → 1`; '' where it took nothing. */
  got(): string;
  /** What it put, as `1 → 0`; '' where it put nothing. */
  gave(): string;
  /** The earlier step after which the whole state was the same as after this one; 0 is the start. */
  cameBack(): number | undefined;
}

/** At most eight words: what the step does, or what it did this time. */
export type Phrase = string | ((seen: Seen) => string);

/**
 * When an event happens: a function of the step (a text is put after the event's word), or the name of an `always` property, which
 * happens where the property becomes false.
 */
export type When<Q extends string = string> = Q | ((seen: Seen) => boolean | string);

/** An event of this model alone. */
export interface OwnEvent<Q extends string = string> extends MarkLook {
  readonly when: When<Q>;
}

export interface Telling<L extends string = string, Q extends string = string> {
  /** How it stands at the start, in at most eight words: what no count shows. */
  readonly start?: string;
  /** What a holder is in this model, where the kit's word for it does not fit: `owner` is the driver in most. */
  readonly holders?: Readonly<Record<string, string>>;
  /** By step: `put_page`, or `vcpu.put_page` where several processes have one. */
  readonly phrases?: { readonly [K in L]?: Phrase };
  readonly marks?: { readonly [M in MarkName]?: When<Q> | readonly When<Q>[] };
  readonly events?: readonly OwnEvent<Q>[];
  /** Steps at which a process that waits has only nothing to do: a guest whose page is mapped does not sleep. */
  readonly idle?: readonly L[];
  /** Which steps tell the story though nothing goes wrong in them: a score folds them last. */
  readonly kept?: (seen: Seen) => boolean;
}

/** An event in a run, at its step. */
export interface EventMark extends MarkLook {
  /** `own` where the model declared it itself. */
  readonly name: MarkName | 'own';
  /** 1 is the first step. */
  readonly step: number;
  /** What is said after the word: an errno, what is slept on, which property. */
  readonly detail: string;
}

/** `⊘ access refused: -EFAULT` */
export function markText(m: MarkLook & { readonly detail?: string }): string {
  return `${m.sign} ${m.word}${m.detail ? `: ${m.detail}` : ''}`;
}

/** The step `at` (0 is the first) of a trace as phrases and marks see it. */
export function seenAt(trace: Trace, at: number): Seen {
  const s = trace.steps[at];
  if (s === undefined)
    throw new ModelError(`the trace of ${trace.model} has ${trace.steps.length} steps, not ${at + 1}`);
  const { slots } = trace.machine.layout;
  const full = (path: string): string => {
    const own = `${s.process}.${path}`;
    return slots.some(slot => slot.path === own) ? own : path;
  };
  const { process, step, next, waited, bookings, changes, picks } = s;
  const weight = (b: Booking): number =>
    trace.machine.layout.counts.find(c => c.path === b.count)?.parts.find(p => p.holder === b.holder)?.weight ?? 1;
  // From before the first such booking of its count to after the last: one step may put many pins.
  const moved = (sign: 1 | -1): string => {
    const first = bookings.find(b => b.change * sign > 0);
    const last = bookings.filter(b => b.count === first?.count && b.change * sign > 0).at(-1);
    if (first === undefined || last === undefined) return '';
    return `${first.after - first.change * weight(first)} → ${last.after}`.replaceAll('-', '−');
  };
  return {
    process,
    step,
    next,
    waited,
    bookings,
    changes,
    picks,
    was: path => valueAt(trace, full(path), at - 1),
    now: path => valueAt(trace, full(path), at),
    turned: (path, to) =>
      changes.find(
        c =>
          (typeof path === 'string' ? c.path === full(path) : path.test(c.path)) && (to === undefined || c.to === to),
      ),
    got: () => moved(1),
    gave: () => moved(-1),
    cameBack() {
      const now = s.state.join();
      if (trace.initial.join() === now) return 0;
      const before = trace.steps.findIndex((one, i) => i < at && !one.waited && one.state.join() === now);
      return before < 0 ? undefined : before + 1;
    },
  };
}

/** What is declared for one step, said of this run; `undefined` where nothing is. */
export function phraseAt(trace: Trace, at: number): string | undefined {
  const s = trace.steps[at];
  if (s === undefined) return undefined;
  const phrases: Readonly<Record<string, Phrase | undefined>> = trace.machine.model.telling?.phrases ?? {};
  const declared = phrases[`${s.process.replace(/\[\d+\]$/, '')}.${s.step}`] ?? phrases[s.step];
  if (declared === undefined) return undefined;
  const said = typeof declared === 'string' ? declared : declared(seenAt(trace, at));
  return said === '' ? undefined : said;
}

/** Two tellings as one; of two phrases for a step the later one is taken. */
export function bothTellings(a: Telling | undefined, b: Telling): Telling {
  const start = b.start ?? a?.start;
  const kept = b.kept ?? a?.kept;
  return {
    ...(start === undefined ? {} : { start }),
    holders: { ...a?.holders, ...b.holders },
    phrases: { ...a?.phrases, ...b.phrases },
    marks: { ...a?.marks, ...b.marks },
    events: [...(a?.events ?? []), ...(b.events ?? [])],
    idle: [...(a?.idle ?? []), ...(b.idle ?? [])],
    ...(kept === undefined ? {} : { kept }),
  };
}
