/** What a count's stack is made of in each row: a part a holder, or a class of holders where there are many of them. */
import type { Ledger } from '../../ledger/index.js';
import { classOf, type HolderLook, looksFor } from '../holders.js';

/** A holding that counts more than this (a pin counts 1024) is drawn as one holding. */
const TO_SCALE = 8;
/** More active holders of a class than this are drawn as one. */
const APART = 2;

export interface Part {
  readonly name: string;
  readonly look: HolderLook;
  /** What one holding counts. */
  readonly weight: number;
  /** What is drawn of it after each step of the run; negative is an overdraft. */
  readonly drawn: readonly number[];
}

export interface Stack {
  readonly ledger: Ledger;
  /** Are the blocks references? Else holdings, since one of them counts too much to be drawn. */
  readonly scaled: boolean;
  /** Who ever holds something, in the declared order. */
  readonly parts: readonly Part[];
}

export function stackOf(ledger: Ledger): Stack {
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
  const looks = looksFor([...groups.keys()]);
  const parts = [...groups].flatMap(([name, members]): Part[] => {
    const look = looks.get(name);
    const weight = members[0]?.weight ?? 1;
    const drawn = ledger.rows.map((_, i) =>
      members.reduce((n, m) => n + (m.values[i] ?? 0) * (scaled ? weight : 1), 0),
    );
    return look === undefined ? [] : [{ name, look, weight, drawn }];
  });
  return { ledger, scaled, parts };
}

/** How far a stack reaches up, and down below zero, after a step. */
export function reach(stack: Stack, step: number): { readonly up: number; readonly down: number } {
  const values = stack.parts.map(p => p.drawn[step] ?? 0);
  return { up: values.reduce((n, v) => n + Math.max(0, v), 0), down: values.reduce((n, v) => n - Math.min(0, v), 0) };
}
