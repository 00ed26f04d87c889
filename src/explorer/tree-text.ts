/** What the compiler made of a step, in words: the decision tree that all engines are printed from. */
import { ModelError } from '../model/error.js';
import { interruptible } from '../model/interrupt.js';
import type { AnyModel } from '../model/model.js';
import { compile } from './compile.js';
import type { Node } from './tree.js';

/**
 * The decision tree of a step of the first process that has it, one line a decision.
 * Errors: no such step; the step reads too much to be compiled.
 */
export function stepTree(model: AnyModel, step: string): string {
  const compiled = interruptible('the look into a step', () => compile(model as AnyModel, []));
  const found = compiled.steps.flat().find(s => s.instance.labels[s.label] === step);
  if (found === undefined)
    throw new ModelError(
      `${model.name} has no step '${step}'; it has ${compiled.steps.flatMap(list => list.map(s => s.instance.labels[s.label])).join(', ')}`,
    );
  return [`${found.instance.name} ${step}`, ...lines(found.tree).map(l => `  ${l}`)].join('\n');
}

function lines(n: Node): string[] {
  const below = (head: string, kid: Node) => [head, ...lines(kid).map(l => `  ${l}`)];
  switch (n.is) {
    case 'wait':
      return ['waits'];
    case 'never':
      return ['no state comes here'];
    case 'fail':
      return [`breaks its declaration: ${n.message}`];
    case 'say':
      return [String(n.value)];
    case 'choose':
      return n.kids.flatMap((k, i) => below(`picks ${i}`, k));
    case 'field':
      return n.kids.flatMap((k, i) =>
        k.is === 'never' ? [] : below(`${n.slot.path} is ${value(n.slot, n.slot.min + i)}`, k),
      );
    case 'value':
      return n.kids.flatMap((k, i) => below(`${n.count.path} is ${n.values[i]}`, k));
    case 'test':
      return n.kids.flatMap((k, i) => below(`${n.count.path} ${n.op} ${n.n}: ${i === 1 ? 'yes' : 'no'}`, k));
    case 'leaf': {
      const parts = [
        ...n.set.map(w => `${w.slot.path} = ${value(w.slot, w.value)}`),
        ...n.shift.map(w => `${w.slot.path} ${w.value < 0 ? '-' : '+'}= ${Math.abs(w.value)}`),
        ...n.add.map(a => `${a.slot.path} ${a.change < 0 ? '-' : '+'}= ${Math.abs(a.change)}`),
      ];
      return [parts.join(', ') || 'nothing changes'];
    }
  }
}

function value(
  slot: { readonly names?: readonly string[]; readonly kind: string; readonly sort?: string },
  v: number,
): string {
  if (slot.kind === 'pointer') return v < 0 ? 'null' : `${slot.sort}[${v}]`;
  if (slot.kind === 'bool' || slot.kind === 'lock') return v === 1 ? 'true' : 'false';
  return slot.names?.[v] ?? String(v);
}
