/** What a count's stack is made of in each row: a part a holder, or a class of holders where there are many of them. Plain data. */
import type { Ledger } from '../../ledger/index.js';
import type { Telling } from '../../model/index.js';
import { classOf, type HolderLook, looksFor } from '../holders.js';

/** A holding that counts more than this (a pin counts 1024) is drawn as one holding. */
const TO_SCALE = 8;
/** More active holders of a class than this are drawn as one. */
const APART = 2;

export interface Part {
  readonly name: string;
  /** What the legend calls it, where the model says so. */
  readonly says?: string;
  /** What one holding counts. */
  readonly weight: number;
  /** What is drawn of it in each row: what was got and not put. */
  readonly drawn: readonly number[];
  /** What was put of it up to each row and never held: no later get makes that good. Not there if nothing was. */
  readonly owed?: readonly number[];
}

export interface Stack {
  /** `page[0]._refcount` */
  readonly count: string;
  /** What it comes to in each row. */
  readonly sums: readonly number[];
  /** Are the blocks references? Else holdings, since one of them counts too much to be drawn. */
  readonly scaled: boolean;
  /** Who ever holds something, in the declared order. */
  readonly parts: readonly Part[];
}

/**
 * @param steps what each row shows: the state after so many steps
 * @param called what a model calls its holders
 */
export function stackOf(ledger: Ledger, steps: readonly number[], called: Telling['holders'] = {}): Stack {
  const active = ledger.holders
    .map((name, h) => ({ name, h, weight: ledger.weights[h] ?? 1, values: ledger.rows.map(r => r.held[h] ?? 0) }))
    .filter(a => a.values.some(v => v !== 0));
  const scaled = active.every(a => a.weight <= TO_SCALE);
  const groups = new Map<string, typeof active>();
  for (const a of active) {
    const of = classOf(a.name);
    const members = active.filter(o => classOf(o.name) === of);
    const key = members.length === 1 || members.length > APART ? of : a.name;
    groups.set(key, [...(groups.get(key) ?? []), a]);
  }
  const parts = [...groups].map(([name, members]): Part => {
    const weight = members[0]?.weight ?? 1;
    const unit = scaled ? weight : 1;
    const debts = members.map(m => debtOf(m.values));
    const owed = steps.map(step => debts.reduce((n, debt) => n + (debt[step] ?? 0) * unit, 0));
    const drawn = steps.map(
      (step, i) => members.reduce((n, m) => n + (m.values[step] ?? 0) * unit, 0) + (owed[i] ?? 0),
    );
    const says = Object.hasOwn(called, name) ? { says: called[name] ?? name } : {};
    return { name, ...says, weight, drawn, ...(owed.some(n => n > 0) ? { owed } : {}) };
  });
  return { count: ledger.count, sums: steps.map(step => ledger.rows[step]?.count ?? 0), scaled, parts };
}

/** The most that a holding was ever below zero, step by step. A get after a put too many takes its own reference; the count stays one short. */
function debtOf(values: readonly number[]): readonly number[] {
  let most = 0;
  return values.map(v => {
    most = Math.max(most, -v);
    return most;
  });
}

/** The look of each part, in its order. */
export function looksOf(stack: Stack): readonly HolderLook[] {
  const looks = looksFor(stack.parts.map(p => p.name));
  return stack.parts.flatMap(({ name, says }) => {
    const look = looks.get(name);
    return look === undefined ? [] : [says === undefined ? look : { ...look, says }];
  });
}

/** How far a stack reaches up, and down below zero, in a row. */
export function reach(stack: Stack, row: number): { readonly up: number; readonly down: number } {
  const sum = (of: 'drawn' | 'owed'): number => stack.parts.reduce((n, p) => n + (p[of]?.[row] ?? 0), 0);
  return { up: sum('drawn'), down: sum('owed') };
}
