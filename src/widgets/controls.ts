/** What a reader may turn, as one declares it: a list, a range, yes or no. Each becomes widgets, and a value that is always one of the allowed. */
import type { KindName, State } from './models.js';
import type { Widget } from './widget.js';

export type Make = (kind: KindName, state: Readonly<State>) => Widget;

/** A control on the page. */
export interface Built<T> {
  /** From left to right. */
  readonly widgets: readonly Widget[];
  /** Whose state holds the value. */
  readonly source: Widget;
  read(): T;
}

export interface Control<T> {
  readonly initial: T;
  /** What can be chosen, in words: `1 to 5`. */
  readonly range: string;
  /** A value in words, short. */
  say(value: T): string;
  build(name: string, make: Make): Built<T>;
}

export type Option = string | number | boolean;
type Spec = Control<unknown> | boolean | readonly Option[];

/** `{ release: ['5.3', '5.4'], pages: slider(1, 5), map: false }` */
export type Specs = Readonly<Record<string, Spec>>;

type ValueOf<S> =
  S extends Control<infer T> ? T : S extends readonly (infer T)[] ? T : S extends boolean ? boolean : never;

/** The values that go with `Specs`. */
export type Values<S extends Specs> = { readonly [K in keyof S]: ValueOf<S[K]> };

const wide = { style: { description_width: 'initial' } };
const say = (value: unknown): string => (value === true ? 'yes' : value === false ? 'no' : String(value));

function whole(what: string, ...numbers: readonly number[]): void {
  if (!numbers.every(Number.isFinite))
    throw new TypeError(`${what} needs numbers, but was given ${numbers.join(', ')}`);
}

function ranged(
  kind: 'IntSlider' | 'FloatSlider',
  min: number,
  max: number,
  step: number,
  initial: number,
): Control<number> {
  whole('slider(min, max)', min, max, step, initial);
  if (!(min < max) || !(step > 0) || initial < min || initial > max)
    throw new RangeError(`slider(${min}, ${max}): the least comes first, and the value ${initial} lies between them`);
  return {
    initial,
    range: `${min} to ${max}`,
    say,
    build: (name, make) => {
      const source = make(kind, { ...wide, description: name, min, max, step, value: initial });
      return { widgets: [source], source, read: () => inRange(source.state.value, min, max, initial) };
    },
  };
}

/** A front end may send anything: what is no number in the range leaves the value that was. */
function inRange(value: unknown, min: number, max: number, otherwise: number): number {
  return typeof value === 'number' && Number.isFinite(value) ? Math.min(max, Math.max(min, value)) : otherwise;
}

/** Numbers from `min` to `max`: whole ones, unless the step is none. */
export function slider(min: number, max: number, step = 1, initial = min): Control<number> {
  const kind = [min, max, step, initial].every(Number.isInteger) ? 'IntSlider' : 'FloatSlider';
  return ranged(kind, min, max, step, initial);
}

/** A slider over whole numbers that also moves by itself. */
export function play(min: number, max: number, interval = 800): Control<number> {
  const inner = ranged('IntSlider', min, max, 1, min);
  return {
    ...inner,
    build: (name, make) => {
      const player = make('Play', { min, max, interval, value: min, show_repeat: false });
      const built = inner.build(name, make);
      make('Link', { source: [player.reference, 'value'], target: [built.source.reference, 'value'] });
      return { ...built, widgets: [player, ...built.widgets] };
    },
  };
}

function chosen<T extends Option>(kind: KindName, options: readonly T[], initial: T | undefined): Control<T> {
  const first = initial ?? options[0];
  if (first === undefined) throw new TypeError('a list to choose from needs at least one value');
  if (!options.includes(first)) throw new RangeError(`${say(first)} is none of ${options.map(say).join(', ')}`);
  return {
    initial: first,
    range: options.map(say).join(', '),
    say,
    build: (name, make) => {
      const index = options.indexOf(first);
      const source = make(kind, { ...wide, description: name, _options_labels: options.map(say), index });
      return { widgets: [source], source, read: () => options[Number(source.state.index)] ?? first };
    },
  };
}

/** A list that opens. */
export const dropdown = <const T extends Option>(options: readonly T[], initial?: T): Control<T> =>
  chosen('Dropdown', options, initial);
/** A button an option. */
export const buttons = <const T extends Option>(options: readonly T[], initial?: T): Control<T> =>
  chosen('ToggleButtons', options, initial);
/** One under the other. */
export const radio = <const T extends Option>(options: readonly T[], initial?: T): Control<T> =>
  chosen('RadioButtons', options, initial);
/** A slider over what is no number: releases in their order. */
export const steps = <const T extends Option>(options: readonly T[], initial?: T): Control<T> =>
  chosen('SelectionSlider', options, initial);

/** Yes or no. */
export function checkbox(initial = false): Control<boolean> {
  return {
    initial,
    range: 'yes, no',
    say,
    build: (name, make) => {
      const source = make('Checkbox', { ...wide, description: name, indent: false, value: initial });
      return { widgets: [source], source, read: () => source.state.value === true };
    },
  };
}

const fewOptions = 4;
const fewChars = 24;

/** The control for what stands in a list of controls: a few short options become buttons, more of them a list. */
export function controlOf(name: string, spec: unknown): Control<unknown> {
  if (typeof spec === 'boolean') return checkbox(spec);
  if (Array.isArray(spec)) {
    const few = spec.length <= fewOptions && spec.map(say).join('').length <= fewChars;
    return chosen<Option>(few ? 'ToggleButtons' : 'Dropdown', spec as Option[], undefined);
  }
  if (typeof spec === 'object' && spec !== null && 'build' in spec) return spec as Control<unknown>;
  throw new TypeError(`the control '${name}' needs a list, true or false, or slider(min, max)`);
}
