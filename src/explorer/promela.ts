/**
 * A model as Promela, printed from its compiled decision trees: SPIN is the independent oracle of this explorer.
 * One d_step is one step of the model, every process stays in one place of its loop, and all state is global: SPIN stores as many states as we do.
 */
import { ModelError } from '../model/error.js';
import { interruptible } from '../model/interrupt.js';
import type { AnyModel, Property } from '../model/model.js';
import { noProperty } from '../model/nearest.js';
import type { Slot } from '../model/slots.js';
import { type Compiled, type CompiledProperty, compile } from './compile.js';
import { DECLARED } from './possible.js';
import { type Names, namesOf, typeOf } from './promela-names.js';
import { expressionOf, type Path, pathsOf } from './promela-paths.js';

export interface PromelaOptions {
  /** As in `explore`: one property by name, `accounting`, or `always`: all of them and the books (the default). `eventually` becomes an `ltl` formula. */
  readonly property?: string;
}

/**
 * Prints the model. An `always` property is an assertion that a process of its own checks in every state; a `sometimes` one is asserted never to be
 * true, so that "reached" is an error with a trail. Moves beyond a holding's `max` are left out, as in a search, which then says "bounded".
 * Errors: an unknown property; a step that reads too much to be compiled.
 */
export function toPromela(what: AnyModel, options: PromelaOptions = {}): string {
  const model = what;
  const asked = askedOf(model, options.property ?? 'always');
  const compiled = interruptible(`printing ${model.name}`, () => compile(model, asked.check));
  const { layout } = compiled.machine;
  for (const c of layout.counts) {
    const { low, high } = DECLARED.range(c);
    if (low < -(2 ** 31) || high >= 2 ** 31)
      throw new ModelError(`${model.name}: ${c.path} can be ${low} to ${high}; Promela's int has 32 bits`);
  }
  const names = namesOf(layout);
  const processes = layout.instances.map(p => {
    const steps = (compiled.steps[p.index] ?? []).flatMap(s => {
      const at = `${names.of(p.label)} == ${names.value(p.label, s.label)}`;
      const paths = pathsOf(s.tree, names, `${model.name}: ${p.name} in ${p.labels[s.label]}`);
      return paths.flatMap(path => optionsOf(path, at, names, asked.accounting));
    });
    return proctype(names.fresh(p.name), p.name, steps);
  });
  return [
    header(model, asked, layout.slots),
    ...names.defines,
    '',
    ...layout.slots.map(s => `${typeOf(s)} ${names.of(s)} = ${names.value(s, s.init)};${comment(s)}`),
    '',
    ...processes,
    ...checks(compiled, asked, names),
  ].join('\n');
}

interface Asked {
  readonly name: string;
  readonly kind: Property['kind'];
  readonly accounting: boolean;
  readonly check: readonly Property[];
}

function askedOf(model: AnyModel, name: string): Asked {
  const always = model.properties.filter(p => p.kind === 'always');
  if (name === 'always') return { name, kind: 'always', accounting: true, check: always };
  if (name === 'accounting') return { name, kind: 'always', accounting: true, check: [] };
  const property = model.properties.find(p => p.name === name);
  if (property === undefined) throw noProperty(model, name);
  return { name, kind: property.kind, accounting: false, check: [property] };
}

function header(model: AnyModel, asked: Asked, slots: readonly Slot[]): string {
  const bytes = slots.reduce((n, s) => n + { bit: 1, byte: 1, short: 2, int: 4 }[typeOf(s)], 64);
  const wide = bytes > 1024 ? ` -DVECTORSZ=${2 ** Math.ceil(Math.log2(bytes))}` : '';
  const run =
    asked.kind === 'eventually'
      ? [`gcc -O2 -DNOREDUCE${wide} -o pan pan.c`, './pan -a -n -m1000000        (-f as well: under weak fairness)']
      : [`gcc -O2 -DSAFETY -DNOREDUCE${wide} -o pan pan.c`, './pan -n -m1000000'];
  return [
    `/* ${safe(model.name)}: ${safe(asked.name)} (${asked.kind}). Printed from the model's declaration; one d_step is one step of the model.`,
    ' *   spin -o2 -a FILE',
    ...run.map(line => ` *   ${line}`),
    ' * "states, stored" is the number of states that put-page counts; a larger -m where pan says that its depth was too small.',
    ' */',
  ].join('\n');
}

const safe = (text: string) => text.replaceAll('*/', '* /').replaceAll('\n', ' ');

function comment(slot: Slot): string {
  const about = slot.kind === 'label' ? `where ${slot.path} stands` : slot.path;
  return `  /* ${safe(about)} */`;
}

function proctype(name: string, title: string, options: readonly string[]): string {
  const list = options.length === 0 ? [':: false -> skip'] : options;
  return [`active proctype ${name}() { /* ${safe(title)} */`, 'end: do', ...list, 'od }', ''].join('\n');
}

const dStep = (guards: readonly string[], effects: readonly string[], about = '') =>
  `:: d_step { ${guards.join(' && ')} -> ${effects.join('; ') || 'skip'} }${about === '' ? '' : `  /* ${safe(about)} */`}`;

/** One way through a step: its move, and what is wrong where a booking on it is out of range. */
function optionsOf(path: Path, at: string, names: Names, accounting: boolean): string[] {
  const { end } = path;
  const guards = [at, ...path.guards];
  if (end.is === 'fail') return [dStep(guards, ['assert(false)'], end.message)];
  const out: string[] = [];
  const inRange: string[] = [];
  for (const { slot, low, high } of end.add) {
    const x = names.of(slot);
    if (low < 0 && accounting)
      out.push(
        dStep([...guards, ...inRange, `${x} < ${slot.min - low}`], ['assert(false)'], `${slot.path}: overdrawn`),
      );
    if (low < 0) inRange.push(`${x} >= ${slot.min - low}`);
    if (high > 0) inRange.push(`${x} <= ${slot.max - high}`);
  }
  const change = (x: string, n: number) => `${x} = ${x} ${n < 0 ? '-' : '+'} ${Math.abs(n)}`;
  const effects = [
    ...end.add.filter(a => a.change !== 0).map(a => change(names.of(a.slot), a.change)),
    ...end.shift.map(s => change(names.of(s.slot), s.value)),
    ...end.set.map(s => `${names.of(s.slot)} = ${names.value(s.slot, s.value)}`),
  ];
  return [...out, dStep([...guards, ...inRange], effects)];
}

/** What is asked, as a process that can only move where it is false, or as a formula. */
function checks(compiled: Compiled, asked: Asked, names: Names): string[] {
  const whole = (p: CompiledProperty) =>
    p.trees
      .map(t => expressionOf(t, names))
      .filter((t, _, all) => t !== 'true' || all.every(x => x === 'true'))
      .filter((t, i, all) => all.indexOf(t) === i)
      .join(' && ');
  if (asked.kind === 'eventually') {
    const [p] = compiled.properties;
    const holds = names.fresh('it_holds');
    const called = names.fresh('it_is_called_for');
    if (p === undefined) return [];
    const defines = [`#define ${holds} (${whole(p)})`];
    if (p.whenever === undefined) return [...defines, `ltl asked { <> ${holds} }`, ''];
    defines.push(`#define ${called} (${expressionOf(p.whenever, names)})`);
    return [...defines, `ltl asked { [] (${called} -> <> ${holds}) }`, ''];
  }
  const list = compiled.properties.map(p => ({
    name: p.property.name,
    bad: asked.kind === 'sometimes' ? `(${whole(p)})` : `!(${whole(p)})`,
  }));
  const holdings = compiled.machine.layout.counts.flatMap(c => c.parts.map(p => p.slot)).filter(s => s.min < 0);
  if (asked.accounting && holdings.length > 0)
    list.push({ name: 'accounting', bad: `(${holdings.map(s => `${names.of(s)} < 0`).join(' || ')})` });
  const options = list.map(({ name, bad }) => dStep([bad], ['assert(false)'], name));
  return options.length === 0 ? [] : [proctype(names.fresh('the_properties'), 'looks at every state', options)];
}
