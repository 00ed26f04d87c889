/** A step that is tried: it runs on the state, and what it does is kept until it is said that it counts. */
import type { Access, Moved } from '../../model/access.js';
import type { CountSlots, Instance, Slot } from '../../model/slots.js';

/** What a step asked of the state before it wrote there itself. */
export type Question =
  | { readonly is: 'field'; readonly slot: Slot; readonly answer: number }
  | {
      readonly is: 'test';
      readonly count: CountSlots;
      readonly op: '>' | '==';
      readonly n: number;
      readonly answer: boolean;
    };

/** What a step does. */
export type Event =
  | { readonly is: 'set'; readonly slot: Slot; readonly value: number }
  | {
      readonly is: 'add';
      readonly slot: Slot;
      readonly n: number;
      readonly count: CountSlots;
      readonly holder: string;
    }
  | { readonly is: 'tally'; readonly stat: number; readonly n: number };

/** An answer that is given in place of the state's. */
export interface Forced {
  readonly field?: { readonly slot: Slot; readonly value: number };
  readonly test?: { readonly key: string; readonly answer: boolean };
}

export const testKey = (count: CountSlots, op: string, n: number) => `${count.path} ${op} ${n}`;

/** One step on `under`: its questions and its events, none of which has happened yet. */
export class Trial implements Access {
  readonly step = true;
  readonly questions: Question[] = [];
  readonly events: Event[] = [];
  readonly ignores?: (lock: Slot) => boolean;
  moved: Moved = 'waits';
  private readonly written = new Map<number, number>();
  private readonly added = new Map<number, number>();
  private readonly deltas = new Map<number, number>();
  private picked = 0;
  private readonly under: Access;
  private readonly picks: number[];
  private readonly forced: Forced;

  /** `picks`: what was picked is picked again by the next trial of the same step. */
  constructor(under: Access, picks: number[] = [], forced: Forced = {}, ignores?: (lock: Slot) => boolean) {
    this.under = under;
    this.picks = picks;
    this.forced = forced;
    if (ignores !== undefined) this.ignores = ignores;
  }

  get(slot: Slot): number {
    const written = this.written.get(slot.index);
    if (written !== undefined) return written;
    const { field } = this.forced;
    const answer = field?.slot === slot ? field.value : this.under.get(slot);
    this.questions.push({ is: 'field', slot, answer });
    return answer + (this.added.get(slot.index) ?? 0);
  }

  set(slot: Slot, value: number): void {
    this.written.set(slot.index, value);
    this.events.push({ is: 'set', slot, value });
  }

  add(slot: Slot, n: number, count: CountSlots, holder: string): void {
    const written = this.written.get(slot.index);
    if (written === undefined) this.added.set(slot.index, (this.added.get(slot.index) ?? 0) + n);
    else this.written.set(slot.index, written + n);
    const weight = count.parts.find(p => p.slot === slot)?.weight ?? 1;
    this.deltas.set(count.index, (this.deltas.get(count.index) ?? 0) + weight * n);
    this.events.push({ is: 'add', slot, n, count, holder });
  }

  test(count: CountSlots, op: '>' | '==', m: number): boolean {
    const n = m - (this.deltas.get(count.index) ?? 0);
    const { test } = this.forced;
    const answer = test?.key === testKey(count, op, n) ? test.answer : this.under.test(count, op, n);
    this.questions.push({ is: 'test', count, op, n, answer });
    return answer;
  }

  value(count: CountSlots): number {
    return this.under.value(count) + (this.deltas.get(count.index) ?? 0);
  }

  choose(n: number): number {
    const at = this.picked++;
    const pick = this.picks[at] ?? this.under.choose(n);
    this.picks[at] = pick;
    return Math.min(pick, n - 1);
  }

  tally(stat: number, n: number): void {
    this.events.push({ is: 'tally', stat, n });
  }
}

/** Lets what was tried happen, but for the events that are left out. */
export function commit(trial: Trial, access: Access, leaveOut: (event: Event) => boolean = () => false): Moved {
  for (const event of trial.events) {
    if (leaveOut(event)) continue;
    if (event.is === 'set') access.set(event.slot, event.value);
    else if (event.is === 'add') access.add(event.slot, event.n, event.count, event.holder);
    else access.tally(event.stat, event.n);
  }
  return trial.moved;
}

/** Where a step went, and what it did on the way: two runs with the same exit took the same way. */
export function exitOf(trial: Trial, p: Instance): string {
  if (trial.moved === 'waits') return 'waits';
  const label = trial.events.findLast(e => e.is === 'set' && e.slot === p.label);
  const to = label?.is === 'set' ? (p.labels[label.value] ?? '') : '';
  const did = new Set(trial.events.flatMap(e => (e.is === 'set' && isOwn(e.slot, p) ? [] : (doing(e, p) ?? []))));
  return [`to ${to}`, ...[...did].sort()].join('; ');
}

/**
 * An event in words that name no element. None for a ghost, for a statistic, for a local, unless the local is a number: a snapshot that the
 * step takes. (A local goes back to its start value where the process ends; that is no event.)
 */
export function doing(event: Event, p: Instance): string | undefined {
  if (event.is === 'add') return verb(event.n, event.count.key, event.holder);
  if (event.is === 'tally' || event.slot.ghost === true) return undefined;
  const { slot } = event;
  if (isOwn(slot, p) && (slot.kind !== 'int' || event.value === slot.init)) return undefined;
  if (slot.kind === 'lock') return `${event.value === 1 ? 'lock' : 'unlock'} ${slot.key}`;
  return slot.kind === 'label' ? undefined : `write ${slot.key}`;
}

const verb = (n: number, count: string, holder: string) =>
  `${n > 0 ? 'get' : 'put'} ${count} for ${holder.replace(/\[\d+\]$/, '')}`;

export const isOwn = (slot: Slot, p: Instance) => slot === p.label || p.locals.includes(slot);
