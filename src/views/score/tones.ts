/** What a row of the score says by its colours: did it go wrong, right, or neither? */
import { INK } from '../colours.js';
import { signed } from '../text.js';
import type { PlacedRow } from './place.js';

export const BAD = { ink: '#9c2f00', ground: '#fdeae0', edge: '#b04a00' };
const WARN = { ink: '#5f5400', ground: '#fbf5d0', edge: '#8f7a00' };
const GOOD = { ink: '#005f48', ground: '#e3f4ee', edge: '#00765a' };
const PLAIN = { ink: INK, ground: '#f6f7f8', edge: '#f6f7f8' };

export type ToneName = 'bad' | 'warn' | 'good' | 'plain';
export const GROUND: Readonly<Record<ToneName, typeof BAD>> = { bad: BAD, warn: WARN, good: GOOD, plain: PLAIN };
export const TONE_NAMES: Readonly<Record<Exclude<ToneName, 'plain'>, string>> = {
  bad: 'here it goes wrong',
  warn: 'an event on the way',
  good: 'here it goes right',
};

export function toneOf(r: PlacedRow): ToneName {
  const tones = r.row.marks.map(m => m.tone);
  return (['bad', 'warn', 'good'] as const).find(t => tones.includes(t)) ?? 'plain';
}

export const middle = (r: PlacedRow): number => r.top + r.height / 2;

/** +1, −1024, or '' */
export function changeOf(before: number, now: number): string {
  return before === now ? '' : signed(now - before);
}
