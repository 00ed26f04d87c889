/** The verdict of a search: an object that a cell can print, plot and test. Its JSON form is a contract (docs/explorer.md). */
import { type Evidence, eventsOf, type Ground, inferredOf, markText, phraseAt } from '../model/index.js';
import type { Trace, TraceStep } from '../model/trace.js';
import { whoOverdrew } from './owed.js';

export type Fairness = 'none' | 'weak' | 'strong';
export type EngineName = 'interpreter' | 'js' | 'wasm';

export interface Coverage {
  readonly process: string;
  readonly step: string;
  /** What the release calls it, where that is another name. */
  readonly called?: string;
  /** How many transitions took this step. */
  readonly taken: number;
}

export interface Verdict {
  readonly model: string;
  /** What was asked: a property's name, or `always`: all `always` properties together. */
  readonly property: string;
  readonly kind: 'always' | 'sometimes' | 'eventually';
  readonly fairness: Fairness;
  readonly verdict: 'holds' | 'violated' | 'reached' | 'unreachable' | 'bounded';
  /** Which property is violated, where several were asked. `accounting` is the books. */
  readonly violated?: string;
  /** States stored. */
  readonly states: number;
  readonly transitions: number;
  /** The greatest distance of a state from the start; the trace's length where there is one. */
  readonly depth: number;
  /** Under symmetry: orbits stored. */
  readonly orbits?: number;
  /** Under symmetry, of a complete search: how many states the orbits stand for, |G| / |stabiliser| summed. */
  readonly certificate?: { readonly states: number | string };
  readonly engine: EngineName;
  readonly threads: number;
  readonly ms: number;
  readonly bytesPerState: number;
  readonly coverage: readonly Coverage[];
  /** Why nothing can be called proved; empty where the search was complete. */
  readonly bounds: readonly string[];
  /** What a reader must know: the interpreter was used, symmetry was refused, a step is never taken, a `sometimes` is never reached. */
  readonly notes: readonly string[];
  /** How many different shortest ways there are (steps with their picks, in order), where it was asked for; beyond 2^53 as a string. */
  readonly shortest?: number | string;
  /** The weakest level of what the model rests on; null where it is a model of no release. */
  readonly level: Evidence | null;
  /** Every rule of a release that the model rests on, with its level. */
  readonly grounds: readonly Ground[];
  readonly trace?: Trace;
  /** A run that never gets there: `stem`, then `cycle` for ever. Both are parts of one trace. */
  readonly lasso?: { readonly stem: Trace; readonly cycle: Trace };
}

/** A verdict before it is known what it rests on. */
export type Found = Omit<Verdict, 'level' | 'grounds'>;

interface JsonStep {
  readonly process: string;
  readonly step: string;
  readonly changes: TraceStep['changes'];
}

/** The JSON form, without what belongs to this machine's memory. `scenario`, `release` and `parameters` come from who asked. */
export function toJson(
  v: Verdict,
  asked: {
    readonly scenario?: string;
    readonly release?: string;
    readonly parameters?: Readonly<Record<string, unknown>>;
  } = {},
): Record<string, unknown> {
  const steps = (t: Trace): JsonStep[] => t.steps.map(s => ({ process: s.process, step: s.step, changes: s.changes }));
  const { trace, lasso, model, ...rest } = v;
  return {
    scenario: asked.scenario ?? model,
    ...(asked.release === undefined ? {} : { release: asked.release }),
    parameters: asked.parameters ?? {},
    ...rest,
    ...(trace === undefined ? {} : { trace: steps(trace) }),
    ...(lasso === undefined ? {} : { lasso: { stem: steps(lasso.stem), cycle: steps(lasso.cycle) } }),
  };
}

/** 0 holds or reached, 1 violated or unreachable, 2 bounded. */
export function exitCode(v: Verdict): 0 | 1 | 2 {
  if (v.verdict === 'bounded') return 2;
  return v.verdict === 'holds' || v.verdict === 'reached' ? 0 : 1;
}

const number = (n: number | string) => String(n).replace(/\B(?=(\d{3})+(?!\d))/g, ',');

/** The verdict in words: no time and no rate, so that an executed notebook is the same bytes each time. */
export function verdictText(v: Verdict): string {
  const fairness = v.kind === 'eventually' ? `, ${v.fairness === 'none' ? 'no' : v.fairness} fairness` : '';
  const asked = v.property === 'always' ? 'every safety property' : `'${v.property}' (${v.kind}${fairness})`;
  const found =
    v.orbits === undefined
      ? `${number(v.states)} states, ${number(v.transitions)} transitions`
      : `${number(v.orbits)} orbits${v.certificate === undefined ? '' : `, which stand for ${number(v.certificate.states)} states`}`;
  const inferred = inferredOf(v.grounds);
  const lines = [
    `${v.model}: ${asked}: ${headline(v)}`,
    `looked at ${found}, depth ${v.depth}${inferred === '' ? '' : `; ${inferred}`}`,
  ];
  if (v.bounds.length > 0) lines.push(`bounded, so nothing is proved: ${v.bounds.join('; ')}`);
  if (v.shortest !== undefined)
    lines.push(
      v.shortest === 1 ? 'it is the only run that short' : `it is one of ${number(v.shortest)} runs that short`,
    );
  lines.push(...v.notes.map(n => `note: ${n}`));
  const steps = (t: Trace) => {
    const events = eventsOf(t);
    const marks = (step: number) => events.filter(m => m.step === step).map(m => `    ${markText(m)}`);
    return t.steps.map((s, i) => `  ${i + 1}. ${s.process}  ${s.called}${said(t, i)}${marks(i + 1).join('')}`);
  };
  if (v.trace !== undefined) lines.push(...steps(v.trace));
  if (v.lasso !== undefined)
    lines.push(
      'stem:',
      ...steps(v.lasso.stem),
      ...(v.lasso.cycle.steps.length === 0
        ? ['then nothing moves']
        : ['cycle, again and again:', ...steps(v.lasso.cycle)]),
    );
  return lines.join('\n');
}

/** `1 step`, `2 steps` */
export const stepsIn = (n: number): string => `${n} step${n === 1 ? '' : 's'}`;

/** What is wrong: of the counts, who gave back what they did not hold; of several properties, the one that is false. */
function failing(v: Verdict): string {
  if (v.violated === 'accounting') return `: ${(v.trace && whoOverdrew(v.trace)) ?? 'the holdings do not add up'}`;
  return v.violated === undefined || v.violated === v.property ? '' : `: '${v.violated}' is false`;
}

function headline(v: Verdict): string {
  switch (v.verdict) {
    case 'holds':
      return 'HOLDS in every interleaving, at these sizes';
    case 'violated':
      return v.lasso === undefined
        ? `VIOLATED${failing(v)} after ${stepsIn(v.trace?.steps.length ?? 0)}; no run is shorter`
        : v.lasso.cycle.steps.length === 0
          ? `VIOLATED: everything stands still after a stem of ${v.lasso.stem.steps.length}`
          : `VIOLATED: a cycle of ${v.lasso.cycle.steps.length} steps after a stem of ${v.lasso.stem.steps.length}`;
    case 'reached':
      return `REACHED after ${stepsIn(v.trace?.steps.length ?? 0)}`;
    case 'unreachable':
      return 'UNREACHABLE: no run gets there; can the model move at all?';
    case 'bounded':
      return 'BOUNDED: nothing found, nothing proved';
  }
}

/** Its phrase, where the model has one for it; else what it changed. */
function said(t: Trace, i: number): string {
  const phrase = phraseAt(t, i);
  if (phrase !== undefined) return `    ${phrase}`;
  const list = (t.steps[i]?.changes ?? []).map(c => `${c.path} ${c.from} → ${c.to}`).join(', ');
  return list === '' ? '' : `    ${list}`;
}
