/** Prints decision trees as JavaScript on 32-bit words: the reference among the compiled forms. */
import type { CountSlots, Slot } from '../model/slots.js';
import type { Compiled } from './compile.js';
import { mask32, type Packing, placeOf } from './pack.js';
import type { Node } from './tree.js';

/** Messages of `fail` leaves and of bounds, by number. */
export interface Messages {
  readonly fails: string[];
  readonly bounds: string[];
  /** Holders that would be booked below their range: an overdraft that accounting is violated by. */
  readonly overdrafts: string[];
}

export interface Printer {
  /** Statements: every successor of the state in w0… by process and label; `emit(n0,…,k)` is called for each, k the number of the step. */
  readonly expand: string;
  /** For each property and element, a function body that returns a boolean. */
  readonly properties: readonly (readonly string[])[];
  /** For each property, the same for its `whenever` where it has one. */
  readonly whenever: readonly (string | undefined)[];
  /** A boolean expression: some holder is booked below zero. */
  readonly overdrawn: string;
  readonly messages: Messages;
  /** Words as parameters: `w0,w1`. */
  readonly params: string;
}

const numberOf = (list: string[], text: string): number =>
  list.includes(text) ? list.indexOf(text) : list.push(text) - 1;

/** The bits of a slot. */
function rawOf(packing: Packing, s: Slot): string {
  const p = placeOf(packing, s);
  if (p.bits === 0) return '0';
  if (p.bits === 32) return `(w${p.word}>>>0)`;
  return p.offset === 0 ? `(w${p.word}&${mask32(p.bits)})` : `(w${p.word}>>>${p.offset}&${mask32(p.bits)})`;
}

/** What a counter reads: its holdings, each with its weight. */
function sumOf(packing: Packing, c: CountSlots): string {
  const terms = c.parts
    .filter(p => placeOf(packing, p.slot).bits > 0)
    .map(p => (p.weight === 1 ? rawOf(packing, p.slot) : `${p.weight}*${rawOf(packing, p.slot)}`));
  const base = c.parts.reduce((n, p) => n + p.weight * placeOf(packing, p.slot).low, 0);
  return `(${[...terms, ...(base === 0 && terms.length > 0 ? [] : [String(base)])].join('+')})`.replace('+-', '-');
}

/** The successor at a leaf of step `k`, behind a guard for each holding that may leave its range. */
function leafOf(packing: Packing, messages: Messages, n: Node & { is: 'leaf' }, k: number): string {
  const words = wordsOf(packing);
  const clear = words.map(() => 0);
  const set = words.map(() => 0);
  const plus = words.map(() => 0);
  const at = (s: Slot) => placeOf(packing, s);
  for (const { slot, value } of n.set) {
    const p = at(slot);
    clear[p.word] = (clear[p.word] ?? 0) | (mask32(p.bits) << p.offset);
    set[p.word] = (set[p.word] ?? 0) | ((value - p.low) << p.offset);
  }
  for (const { slot, value } of n.shift)
    plus[at(slot).word] = (plus[at(slot).word] ?? 0) + value * 2 ** at(slot).offset;
  let guards = '';
  for (const a of n.add) {
    const p = at(a.slot);
    plus[p.word] = (plus[p.word] ?? 0) + a.change * 2 ** p.offset;
    const most = a.slot.max - p.low;
    const text = `${a.slot.path} would exceed ${a.slot.max}, the most that is followed`;
    if (a.high > 0)
      guards += `if(${rawOf(packing, a.slot)}>${most - a.high}){bound(${numberOf(messages.bounds, text)},${k});}else `;
    if (a.low < 0)
      guards += `if(${rawOf(packing, a.slot)}<${a.slot.min - p.low - a.low}){overdraft(${numberOf(messages.overdrafts, a.slot.path)},${k});}else `;
  }
  const value = words.map(i => {
    const kept = clear[i] === 0 ? `w${i}` : `(w${i}&${~(clear[i] ?? 0)}${set[i] === 0 ? '' : `|${set[i]}`})`;
    return plus[i] === 0 ? kept : `(${kept}+${(plus[i] ?? 0) | 0}|0)`;
  });
  return `${guards}emit(${value.join(',')},${k});`;
}

const wordsOf = (packing: Packing): readonly number[] => Array.from({ length: packing.words }, (_, i) => i);

export function printJs(compiled: Compiled, packing: Packing): Printer {
  const messages: Messages = { fails: [], bounds: [], overdrafts: [] };
  const raw = (s: Slot) => rawOf(packing, s);
  const sum = (c: CountSlots) => sumOf(packing, c);
  const cases = (what: string, kids: readonly Node[], label: (i: number) => number, k: number, answer: boolean) => {
    const groups = new Map<string, number[]>();
    kids.forEach((kid, i) => {
      if (kid.is === 'never') return;
      const text = print(kid, k, answer);
      const group = groups.get(text);
      if (group === undefined) groups.set(text, [i]);
      else group.push(i);
    });
    const list = [...groups].filter(([text]) => text !== '');
    if (list.length === 0) return '';
    if (kids.length === 2 && list.length === 1 && groups.size === 2) {
      const [text, at] = list[0] as [string, number[]];
      return `if(${what}===${label(at[0] ?? 0)}){${text}}`;
    }
    return `switch(${what}){${list.map(([text, at]) => `${at.map(i => `case ${label(i)}:`).join('')}${text}break;`).join('')}}`;
  };
  const print = (n: Node, k: number, answer: boolean): string => {
    switch (n.is) {
      case 'wait':
      case 'never':
        return '';
      case 'fail':
        return `fail(${numberOf(messages.fails, n.message)},${k});`;
      case 'say':
        return n.value ? '' : 'return false;';
      case 'choose':
        return n.kids.map(kid => print(kid, k, answer)).join('');
      case 'field':
        return cases(raw(n.slot), n.kids, i => n.slot.min + i - placeOf(packing, n.slot).low, k, answer);
      case 'value':
        return cases(sum(n.count), n.kids, i => n.values[i] ?? 0, k, answer);
      case 'test': {
        const [no, yes] = n.kids.map(kid => print(kid, k, answer));
        const test = `${sum(n.count)}${n.op === '==' ? '===' : n.op}${n.n}`;
        if (yes === '') return no === '' ? '' : `if(!(${test})){${no}}`;
        return `if(${test}){${yes}}${no === '' ? '' : `else{${no}}`}`;
      }
      case 'leaf':
        return leafOf(packing, messages, n, k);
    }
  };
  let k = 0;
  const expand = compiled.steps
    .map(steps => {
      const label = steps[0]?.instance.label;
      const bodies = steps.map(s => ({ at: s.label, text: print(s.tree, k++, false) })).filter(b => b.text !== '');
      if (label === undefined || bodies.length === 0) return '';
      return `switch(${raw(label)}){${bodies.map(b => `case ${b.at}:${b.text}break;`).join('')}}`;
    })
    .join('\n');
  const properties = compiled.properties.map(p => p.trees.map(t => `${print(t, -1, true)}return true;`));
  const whenever = compiled.properties.map(p =>
    p.whenever === undefined ? undefined : `${print(p.whenever, -1, true)}return true;`,
  );
  const holdings = compiled.machine.layout.counts
    .flatMap(c => c.parts.map(p => p.slot))
    .filter(s => placeOf(packing, s).low < 0);
  const overdrawn = holdings.map(s => `${raw(s)}<${-placeOf(packing, s).low}`).join('||') || 'false';
  return {
    expand,
    properties,
    whenever,
    overdrawn,
    messages,
    params: wordsOf(packing)
      .map(i => `w${i}`)
      .join(','),
  };
}
