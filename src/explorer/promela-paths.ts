/** A decision tree as the ways through it: what must be true on each, and the leaf at its end. */
import { ModelError } from '../model/error.js';
import type { CountSlots, Slot } from '../model/slots.js';
import type { Names } from './promela-names.js';
import type { Node } from './tree.js';

/** A model with more options than this is too long for SPIN's C compiler to be of use. */
export const MAX_OPTIONS = 50_000;

export interface Path {
  readonly guards: readonly string[];
  readonly end: Node & { readonly is: 'leaf' | 'fail' };
}

/** What a count is: the sum of what its holders hold. */
export function sumText(count: CountSlots, names: Names): string {
  const terms = count.parts.map(p => (p.weight === 1 ? names.of(p.slot) : `${p.weight} * ${names.of(p.slot)}`));
  return terms.length === 1 ? (terms[0] ?? '0') : `(${terms.join(' + ') || '0'})`;
}

/** Kids that are the same node together, with the values that lead to them. */
function groups(kids: readonly Node[], value: (i: number) => number): (readonly [Node, readonly number[]])[] {
  const out = new Map<Node, number[]>();
  kids.forEach((kid, i) => {
    const list = out.get(kid);
    if (list === undefined) out.set(kid, [value(i)]);
    else list.push(value(i));
  });
  return [...out];
}

/** `x` is one of `values`, which are some of `all`. */
function among(
  x: string,
  values: readonly number[],
  all: readonly number[],
  text: (value: number) => string = String,
): string {
  const others = all.filter(v => !values.includes(v));
  if (values.length > 1 && others.length === 1) return `${x} != ${text(others[0] ?? 0)}`;
  if (values.length === 1) return `${x} == ${text(values[0] ?? 0)}`;
  const first = values[0] ?? 0;
  const last = values.at(-1) ?? 0;
  if (!others.some(v => v > first && v < last)) {
    const low = others.some(v => v < first) ? [`${x} >= ${text(first)}`] : [];
    const high = others.some(v => v > last) ? [`${x} <= ${text(last)}`] : [];
    return [...low, ...high].join(' && ') || 'true';
  }
  return `(${values.map(v => `${x} == ${text(v)}`).join(' || ')})`;
}

const fieldValues = (slot: Slot) => Array.from({ length: slot.max - slot.min + 1 }, (_, i) => slot.min + i);

/** The branches of a node as conditions and kids; a choice has no conditions. */
function branches(node: Node, names: Names): readonly (readonly [string | undefined, Node])[] {
  switch (node.is) {
    case 'field': {
      const { slot } = node;
      const all = fieldValues(slot);
      return groups(node.kids, i => slot.min + i).map(([kid, values]) => [
        among(names.of(slot), values, all, v => names.value(slot, v)),
        kid,
      ]);
    }
    case 'value':
      return groups(node.kids, i => node.values[i] ?? 0).map(([kid, values]) => [
        among(sumText(node.count, names), values, node.values),
        kid,
      ]);
    case 'test': {
      const [no, yes] = node.kids;
      const sum = sumText(node.count, names);
      if (no === undefined || yes === undefined) return [];
      return [
        [`${sum} ${node.op} ${node.n}`, yes],
        [`${sum} ${node.op === '==' ? '!=' : '<='} ${node.n}`, no],
      ];
    }
    case 'choose':
      return node.kids.map(kid => [undefined, kid]);
    default:
      return [];
  }
}

/** Every way through a step's tree that does not wait. A choice gives one way for each pick, even where two do the same. */
export function pathsOf(tree: Node, names: Names, what: string): readonly Path[] {
  const out: Path[] = [];
  const walk = (node: Node, guards: readonly string[]): void => {
    if (node.is === 'leaf' || node.is === 'fail') out.push({ guards, end: node });
    if (out.length > MAX_OPTIONS)
      throw new ModelError(
        `${what} has more than ${MAX_OPTIONS} cases: too many to print as Promela. Narrow the ranges that it reads, or split the step.`,
      );
    for (const [condition, kid] of branches(node, names))
      walk(kid, condition === undefined || condition === 'true' ? guards : [...guards, condition]);
  };
  walk(tree, []);
  return out;
}

/** A property's tree as one expression. */
export function expressionOf(tree: Node, names: Names): string {
  const known = new Map<Node, string>();
  const text = (node: Node): string => {
    if (node.is === 'say') return String(node.value);
    const before = known.get(node);
    if (before !== undefined) return before;
    const list = branches(node, names).map(([condition, kid]) => [condition ?? 'true', text(kid)] as const);
    const made = combine(list);
    known.set(node, made);
    return made;
  };
  return text(tree);
}

function combine(list: readonly (readonly [string, string])[]): string {
  const [first, ...rest] = list;
  if (first === undefined) return 'true';
  const [condition, yes] = first;
  if (rest.length === 0) return yes;
  const no = combine(rest);
  const not = condition.split(' == ').length === 2 ? condition.replace(' == ', ' != ') : `!(${condition})`;
  if (yes === 'true' && no === 'false') return `(${condition})`;
  if (yes === 'false' && no === 'true') return `(${not})`;
  if (yes === 'true') return `(${condition} || ${no})`;
  if (yes === 'false') return `(${not} && ${no})`;
  if (no === 'true') return `(${not} || ${yes})`;
  if (no === 'false') return `(${condition} && ${yes})`;
  return `(${condition} -> ${yes} : ${no})`;
}
