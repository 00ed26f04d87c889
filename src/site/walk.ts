/** A walk through a model by hand: which steps are possible now, take one, go back. No page in it: it can be tested alone. */
import { ModelError, Overdrawn } from '../model/error.js';
import { waitsOn } from '../model/index.js';
import { isDone, movesOf } from '../model/interpret.js';
import { Machine } from '../model/machine.js';
import { type AnyModel, calledStep } from '../model/model.js';
import { oneStep, standsAt } from '../model/run.js';
import type { Instance } from '../model/slots.js';
import { phraseAt } from '../model/telling.js';
import { finalState, type Trace, type TraceStep } from '../model/trace.js';

/** A step as an address keeps it. */
export interface Taken {
  readonly process: string;
  readonly picks: readonly number[];
}

export interface Choice extends Taken {
  /** Where the process stands, by the release's own name of that function. */
  readonly called: string;
  /** moves; sleeps: it may be tried, and waits; overdraws: gives back so much more than its holder has, bound: takes so much, that the model does not say what comes after. */
  readonly kind: 'moves' | 'sleeps' | 'overdraws' | 'bound';
  /** What it would do, or what it waits for. */
  readonly says: string;
}

/** The model says what comes after it. */
export const canTake = ({ kind }: Choice): boolean => kind === 'moves' || kind === 'sleeps';

export class Walk {
  readonly model: AnyModel;
  #trace: Trace;

  constructor(model: AnyModel) {
    this.model = model;
    const machine = new Machine(model);
    this.#trace = { model: model.name, machine, initial: machine.layout.initial, steps: [] };
  }

  get trace(): Trace {
    return this.#trace;
  }

  get taken(): readonly Taken[] {
    return this.#trace.steps.map(({ process, picks }) => ({ process, picks }));
  }

  /** Processes that are through. */
  get done(): readonly string[] {
    const state = finalState(this.#trace);
    return this.#trace.machine.layout.instances.filter(p => isDone(state, p)).map(p => p.name);
  }

  /** What can happen next, in the order of the model's processes. */
  get choices(): readonly Choice[] {
    return this.#trace.machine.layout.instances.flatMap(p => this.#choicesOf(p));
  }

  #choicesOf(p: Instance): readonly Choice[] {
    const { machine } = this.#trace;
    const state = finalState(this.#trace);
    if (isDone(state, p)) return [];
    const { moves, stopped } = movesOf(machine, state, p);
    const process = p.name;
    const called = calledStep(this.model, standsAt(state, p));
    const ways = moves.map(({ picks }): Choice => {
      const step = oneStep(machine, state, p, picks);
      return { process, picks, called, kind: 'moves', says: saidOf(this.#with(step)) };
    });
    const ends = stopped.map(({ picks, by }): Choice => {
      const kind = by instanceof Overdrawn ? 'overdraws' : 'bound';
      return { process, picks, called, kind, says: by.message };
    });
    if (ways.length + ends.length > 0) return [...ways, ...ends];
    const on = waitsOn(machine, state, p);
    return [{ process, picks: [], called, kind: 'sleeps', says: on === undefined ? 'waits' : `waits on ${on}` }];
  }

  #with(step: TraceStep): Trace {
    return { ...this.#trace, steps: [...this.#trace.steps, step] };
  }

  /** Takes a step. Errors: there is no such process, it is done, or the model follows it no further. */
  take({ process, picks }: Taken): void {
    const choice = this.choices.find(c => c.process === process && c.picks.join() === picks.join());
    if (choice === undefined || !canTake(choice))
      throw new ModelError(`${process} cannot take this step here${choice === undefined ? '' : `: ${choice.says}`}`);
    const { machine } = this.#trace;
    const instance = machine.layout.instances.find(p => p.name === process) as Instance;
    this.#trace = this.#with(oneStep(machine, finalState(this.#trace), instance, picks));
  }

  /** Takes as many of these steps as are possible here, in order; returns how many. */
  follow(steps: readonly Taken[]): number {
    for (const [i, step] of steps.entries())
      try {
        this.take(step);
      } catch (error) {
        if (error instanceof ModelError) return i;
        throw error;
      }
    return steps.length;
  }

  /** Goes back until so many steps are left. */
  back(left: number): void {
    this.#trace = { ...this.#trace, steps: this.#trace.steps.slice(0, Math.max(0, left)) };
  }
}

/** The phrase of a trace's last step; where it has none, what it changes. */
export function saidOf(trace: Trace, at = trace.steps.length - 1): string {
  const step = trace.steps[at];
  const own = phraseAt(trace, at);
  if (own !== undefined || step === undefined) return own ?? '';
  return step.changes.map(c => `${c.path} ${c.from} → ${c.to}`).join(', ');
}

/** Every state of a small model, as a graph. */
export interface Whole {
  /** The first is the start; a label says the step that leads there first. */
  readonly states: readonly { readonly key: string; readonly label: string }[];
  readonly edges: readonly { readonly from: number; readonly to: number }[];
}

/** More states than this are not drawn. */
const MOST_STATES = 18;

/** Null for a model that is not small. */
export function wholeGraph(model: AnyModel): Whole | null {
  const machine = new Machine(model);
  const start = machine.layout.initial;
  const ids = new Map([[start.join(), 0]]);
  const states = [{ key: start.join(), label: 'start' }];
  const edges = new Map<string, { from: number; to: number }>();
  const todo = [start];
  for (const [from, state] of todo.entries())
    for (const p of machine.layout.instances)
      for (const { to } of movesOf(machine, state, p).moves) {
        const key = to.join();
        const id = ids.get(key) ?? states.length;
        edges.set(`${from} ${id}`, { from, to: id });
        if (ids.has(key)) continue;
        if (id === MOST_STATES) return null;
        ids.set(key, id);
        states.push({ key, label: `${p.name} ${calledStep(model, standsAt(state, p))}` });
        todo.push(to);
      }
  return { states, edges: [...edges.values()] };
}

/** The address of a walk: `release=5.3&pages=2&run=vcpu.0*3,unbind:1.0`. Only what differs from the defaults is in it. */
export function addressOf(
  settings: Readonly<Record<string, string | number>>,
  defaults: Readonly<Record<string, string | number>>,
  taken: readonly Taken[],
): string {
  const set = Object.entries(settings).filter(([name, value]) => defaults[name] !== value);
  const run: string[] = [];
  let times = 0;
  taken.forEach((step, i) => {
    times++;
    const text = stepText(step);
    const after = taken[i + 1];
    if (after !== undefined && stepText(after) === text) return;
    run.push(times === 1 ? text : `${text}*${times}`);
    times = 0;
  });
  const parts = set.map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`);
  return [...parts, ...(run.length > 0 ? [`run=${run.join(',')}`] : [])].join('&');
}

const stepText = ({ process, picks }: Taken): string =>
  process.replace(/\[(\d+)\]$/, '.$1') + (picks.length > 0 ? `:${picks.join('.')}` : '');

/** What an address says; words that mean nothing are left out. */
export function addressed(address: string): {
  readonly settings: Readonly<Record<string, string>>;
  readonly taken: readonly Taken[];
} {
  const { run = '', ...settings } = Object.fromEntries(new URLSearchParams(address));
  const taken = run.split(',').flatMap((word): Taken[] => {
    const m = /^(?<name>[\w-]+)(?:\.(?<id>\d+))?(?::(?<picks>\d+(?:\.\d+)*))?(?:\*(?<times>\d{1,4}))?$/.exec(
      word,
    )?.groups;
    if (m?.name === undefined) return [];
    const process = m.id === undefined ? m.name : `${m.name}[${m.id}]`;
    const picks = m.picks === undefined ? [] : m.picks.split('.').map(Number);
    return Array.from({ length: Number(m.times ?? 1) }, () => ({ process, picks }));
  });
  return { settings, taken };
}
