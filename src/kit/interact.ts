/** `interact(controls, draw)`: what is turned is drawn at once, in the manner of ipywidgets. */
import type { Progress } from '../explorer/search.js';
import { type Verdict as Found, verdictText } from '../explorer/verdict.js';
import { type CommHost, commHost } from '../jupyter/comms/host.js';
import { bundleOf, foldedTable, type MimeBundle, type Note, show, showUpdatable } from '../jupyter/display.js';
import { progressText } from '../jupyter/progress-line.js';
import { collectAnew, type Ground, groundsSoFar } from '../model/index.js';
import type { AnyModel } from '../model/model.js';
import { type Scenario, type Settings, scenarioOf } from '../model/scenario.js';
import type { Figure, Table } from '../views/figure.js';
import {
  type Built,
  type Control,
  controlOf,
  LiveArea,
  type Specs,
  type Values,
  viewOf,
  Widget,
} from '../widgets/index.js';
import { Run } from './run.js';
import { controlsOf } from './scenario-controls.js';

/** What `draw` may give: a figure or a table, a run (its score is drawn), a verdict (its words, and the score of its run), words; or a list of them. */
export type Drawn = Figure | Table | Run | Found | string | number | readonly Drawn[];

/** For a search that takes its time: `exploreLong(model, live)` stops when a control moves, and tells how far it is. */
export interface Live {
  readonly signal: AbortSignal;
  readonly progress: (p: Progress) => boolean;
}

type Draw = (first: never, live: Live, settings: never) => unknown;

/** Controls below the cell; `draw` is called with their values, now and whenever one of them moves. */
export function interact<const S extends Specs>(
  controls: S,
  draw: (values: Values<S>, live: Live) => Drawn | undefined,
): void;
export function interact<const S extends Specs>(
  controls: S,
  draw: (values: Values<S>, live: Live) => Promise<Drawn | undefined>,
): Promise<void>;
/** The same with a scenario’s own parameters; `draw` gets the model. `only`: which of them are shown. */
export function interact<M extends AnyModel>(
  scenario: Scenario | ((...args: never[]) => M),
  draw: (model: M, live: Live, settings: Settings) => Drawn | undefined,
  options?: { readonly only?: readonly string[] },
): void;
export function interact<M extends AnyModel>(
  scenario: Scenario | ((...args: never[]) => M),
  draw: (model: M, live: Live, settings: Settings) => Promise<Drawn | undefined>,
  options?: { readonly only?: readonly string[] },
): Promise<void>;
export function interact(
  what: Specs | Scenario | ((...args: never[]) => AnyModel),
  draw: Draw,
  options: { readonly only?: readonly string[] } = {},
): void | Promise<void> {
  if (typeof draw !== 'function') throw new TypeError('interact(controls, draw) needs a function that draws');
  const scenario = typeof what === 'function' ? scenarioOf(what) : isScenario(what) ? what : undefined;
  const call = draw as unknown as (first: unknown, live: Live, settings: unknown) => unknown;
  if (scenario === undefined) {
    if (typeof what !== 'object' || what === null)
      throw new TypeError('interact(controls, draw) needs { name: list or slider }');
    const controls = Object.entries(what).map(([name, spec]) => [name, controlOf(name, spec)] as const);
    return begin(new Map(controls), (values, live) => call(values, live, values));
  }
  return begin(controlsOf(scenario, options.only), (values, live) =>
    call(scenario.model(values), live, scenario.settings(values)),
  );
}

const isScenario = (what: unknown): what is Scenario =>
  typeof what === 'object' &&
  what !== null &&
  'parameters' in what &&
  'model' in what &&
  typeof what.model === 'function';

type Settled = Readonly<Record<string, unknown>>;
type Controls = ReadonlyMap<string, Control<unknown>>;

function begin(controls: Controls, draw: (values: Settled, live: Live) => unknown): void | Promise<void> {
  const host = commHost();
  if (host !== undefined) return new Interaction(host, controls, draw).begin();
  const values = Object.fromEntries([...controls].map(([name, control]) => [name, control.initial]));
  const print = (drawn: unknown): void => {
    const { figure, note } = outputOf(drawn, wordsOfValues(controls, values));
    show(turned(controls));
    if (figure !== undefined) show(figure);
    show(note);
  };
  const drawn = draw(values, { signal: new AbortController().signal, progress: () => true });
  return isPromise(drawn) ? drawn.then(print) : print(drawn);
}

const isPromise = (value: unknown): value is Promise<unknown> =>
  typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';

const wordsOfValues = (controls: Controls, values: Settled): string =>
  [...controls].map(([name, control]) => `${name} ${control.say(values[name])}`).join(' · ');

/** What was drawn, flat: figures, tables and words. */
function partsOf(drawn: unknown): readonly (Figure | Table | string)[] {
  if (drawn === undefined || drawn === null) return [];
  if (Array.isArray(drawn)) return drawn.flatMap(partsOf);
  if (drawn instanceof Run) return [drawn.score()];
  if (isVerdict(drawn)) {
    const run = drawn.trace ?? drawn.lasso?.stem;
    const text = verdictText(drawn);
    return run === undefined ? [text] : [text.split('\n').slice(0, 2).join('\n'), new Run(run).score()];
  }
  if (typeof drawn === 'object' && bundleOf(drawn) !== undefined) return [drawn as Figure | Table];
  return [String(drawn)];
}

/** A reader’s verdict, or that of a search in a thread. */
const isVerdict = (value: unknown): value is Found =>
  typeof value === 'object' && value !== null && 'verdict' in value && 'coverage' in value;

const isFigure = (part: Figure | Table | string): part is Figure => typeof part === 'object' && 'plotly' in part;

/** Above this a table behind a figure is not printed below it: the figure’s own hover has the numbers. */
const tableRows = 40;

/** What a front end without widgets says in their place. */
function turned(controls: Controls): Note {
  const ranges = [...controls].map(([name, { range }]) => `\`${name}\`: ${range}`).join('; ');
  const markdown = `Run the cell to change ${ranges}. Below are the first values.`;
  return { markdown, text: markdown.replaceAll('`', '') };
}

/** The figure, and below it the values, the other words and the table behind the figure. */
function outputOf(drawn: unknown, said: string): { readonly figure: Figure | undefined; readonly note: Note } {
  const parts = partsOf(drawn);
  const figures = parts.filter(isFigure);
  if (figures.length > 1) throw new TypeError('one figure can follow the controls, but `draw` gave more');
  const [figure] = figures;
  const markdown = [`*${said}*`, ...parts.flatMap(markdownOf)];
  if (figure !== undefined && figure.table.rows.length <= tableRows)
    markdown.push(foldedTable('The same as a table', figure.table));
  const plain = parts.flatMap(part => (isFigure(part) ? [] : [String(bundleOf(part)?.['text/plain'] ?? part)]));
  return { figure, note: { markdown: markdown.join('\n\n'), text: [said, ...plain].join('\n') } };
}

class Interaction {
  readonly #host: CommHost;
  readonly #controls: Controls;
  readonly #draw: (values: Settled, live: Live) => unknown;
  readonly #built: ReadonlyMap<string, Built<unknown>>;
  readonly #area: LiveArea;
  readonly #root: Widget;
  /** What the cell had asked for before its controls. */
  #before: readonly Ground[] = [];
  #waiting = false;
  #stop = new AbortController();

  constructor(host: CommHost, controls: Controls, draw: (values: Settled, live: Live) => unknown) {
    this.#host = host;
    this.#controls = controls;
    this.#draw = draw;
    this.#built = new Map(
      [...controls].map(([name, control]) => [
        name,
        control.build(name, (kind, state) => new Widget(host, kind, state)),
      ]),
    );
    for (const { source } of this.#built.values()) source.onChange = () => this.#turned();
    const children = [...this.#built.values()].flatMap(({ widgets }) => widgets.map(widget => widget.reference));
    this.#root = new Widget(host, 'HBox', { children, layout: { flex_flow: 'row wrap' } });
    this.#area = new LiveArea(this.#root.id);
  }

  get #values(): Settled {
    return Object.fromEntries([...this.#built].map(([name, built]) => [name, built.read()]));
  }

  begin(): void | Promise<void> {
    showUpdatable(
      { ...viewOf(this.#root), ...bundleOf(turned(this.#controls)) },
      { id: `${this.#root.id}-controls`, update: false },
    );
    this.#before = groundsSoFar();
    return this.#show(true);
  }

  /** However many messages come while something is drawn: only the last values are drawn next. */
  #turned(): void {
    this.#stop.abort();
    if (this.#waiting) return;
    this.#waiting = true;
    const begin = (): void => {
      this.#waiting = false;
      void this.#show(false);
    };
    this.#host.later(begin).catch((error: unknown) => {
      this.#waiting = false;
      this.#fail(error);
    });
  }

  /** Draws the values as they are. The first time an error is the cell’s; afterwards it is shown in place. */
  #show(first: boolean): void | Promise<void> {
    this.#stop.abort();
    this.#stop = new AbortController();
    const { signal } = this.#stop;
    if (!first) collectAnew(this.#before);
    const values = this.#values;
    const said = wordsOfValues(this.#controls, values);
    const failed = (error: unknown): void => {
      if (first) throw error;
      if (!signal.aborted) this.#fail(error, said);
    };
    const progress: Live['progress'] = p => {
      if (!signal.aborted) this.#area.say({ 'text/plain': `${said}: ${progressText(p)}` });
      return !signal.aborted;
    };
    try {
      const drawn = this.#draw(values, { signal, progress });
      if (!isPromise(drawn)) return this.#fill(drawn, said);
      return drawn
        .then(value => {
          // Overtaken by a newer one.
          if (!signal.aborted) this.#fill(value, said);
        })
        .catch(failed);
    } catch (error) {
      return failed(error);
    }
  }

  #fill(drawn: unknown, said: string): void {
    const { figure, note } = outputOf(drawn, said);
    this.#area.show({ figure: figure === undefined ? undefined : bundleOf(figure), words: bundleOf(note) });
  }

  #fail(error: unknown, said = wordsOfValues(this.#controls, this.#values)): void {
    const what = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    const figure: MimeBundle = { 'text/markdown': `\`\`\`\n${what}\n\`\`\``, 'text/plain': what };
    this.#area.show({ figure, words: { 'text/markdown': `*${said}*`, 'text/plain': said } });
  }
}

function markdownOf(part: Figure | Table | string): string[] {
  if (isFigure(part)) return [];
  if (typeof part !== 'string') return [String(bundleOf(part)?.['text/markdown'] ?? '')];
  return [part.includes('\n') ? `\`\`\`\n${part}\n\`\`\`` : part];
}
