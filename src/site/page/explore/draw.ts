/** What the page shows of a walk: choices, holders, properties, the state, figures. */
import { countsOf, ledgerOf } from '../../../ledger/index.js';
import { ask, plain } from '../../../model/interpret.js';
import { finalState, type Trace, type Value } from '../../../model/trace.js';
import { type Graph, looksFor, score, stateGraph } from '../../../views/index.js';
import { alongRun, ExpressionError, expression, namesOf } from '../../expression.js';
import { type Choice, canTake, type Walk, type Whole } from '../../walk.js';
import { found, made, picture } from './dom.js';

const KINDS: Readonly<Record<Choice['kind'], string>> = {
  moves: '',
  sleeps: 'sleeps',
  overdraws: 'gives back far too much',
  bound: 'not followed further',
};

export function drawChoices(walk: Walk, take: (choice: Choice) => void): void {
  const rows = walk.choices.map((choice, i) => {
    const { process, called, says, kind, picks } = choice;
    const name = made('span', 'who', process);
    const what = made('span', 'what', `${called}()`, ...(picks.length > 0 ? [` · way ${picks.join('.')}`] : []));
    const more = made('span', 'says', ...(KINDS[kind] === '' ? [] : [made('b', '', KINDS[kind]), ' ']), says);
    const button = made(
      'button',
      kind,
      made('kbd', '', i < 9 ? `${i + 1}` : ''),
      name,
      what,
      more,
    ) as HTMLButtonElement;
    button.type = 'button';
    button.disabled = !canTake(choice);
    button.addEventListener('click', () => take(choice));
    return made('li', '', button);
  });
  const done = walk.done.map(name => made('li', 'done', `${name} is done`));
  found('choices').replaceChildren(...rows, ...done);
}

/** Every counter that somebody holds, and each holder's part of it as wide as it counts. */
export function drawHolders(trace: Trace): void {
  const counts = trace.machine.layout.counts.map(count => ledgerOf(trace, count.path));
  const rows = counts.map(({ count, holders, weights, rows: steps }) => {
    const [now, before] = [steps.at(-1), steps.at(-2)];
    const held = holders
      .map((holder, i) => ({ holder, n: now?.held[i] ?? 0, weight: weights[i] ?? 1 }))
      .filter(({ n }) => n !== 0);
    const looks = looksFor(holders);
    const parts = held.map(({ holder, n, weight }) => {
      const part = made('span', n < 0 ? 'part debt' : 'part', `${holder} ${n}${weight === 1 ? '' : ` × ${weight}`}`);
      const look = looks.get(holder);
      part.title = look?.says ?? holder;
      part.style.setProperty('--pale', look?.pale ?? '#ddd');
      part.style.setProperty('--line', look?.line ?? '#555');
      return part;
    });
    const changed = before !== undefined && before.count !== now?.count;
    const number = made('b', changed ? 'changed' : '', changed ? `${before.count} → ${now?.count}` : `${now?.count}`);
    const nobody = parts.length === 0 ? [made('span', 'nobody', 'nobody')] : parts;
    return made('div', 'count', made('p', '', made('code', '', count), ' ', number), made('p', 'parts', ...nobody));
  });
  found('holders').replaceChildren(...rows);
}

/** What the reader's own expression says now, and where in the run that changed. */
export function drawWatched(trace: Trace, text: string): void {
  const place = found('watched');
  if (text.trim() === '') {
    place.replaceChildren();
    return;
  }
  const states = [trace.initial, ...trace.steps.map(step => step.state)];
  try {
    const said = alongRun(
      expression(text),
      states.map(state => namesOf(plain(trace.machine, state))),
    );
    const rows = said.map(({ step, says }) =>
      made('li', '', made('span', '', step === 0 ? 'at the start' : `step ${step}`), made('code', '', says)),
    );
    place.replaceChildren(...rows);
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    place.replaceChildren(made('li', 'wrong', error.message));
  }
}

export function drawProperties(trace: Trace): void {
  const { machine } = trace;
  const state = finalState(trace);
  const row = (name: string, holds: boolean): HTMLElement =>
    made('li', holds ? 'holds' : 'broken', made('span', 'mark', holds ? '✓' : '✗'), made('span', '', name));
  const rows = machine.model.properties
    .filter(p => p.kind === 'always')
    .map(p => {
      const n = p.per === undefined ? 1 : (machine.model.declaration.sorts[p.per] ?? 0);
      return row(
        p.name,
        Array.from({ length: n }, (_, id) => ask(machine, state, p, id)).every(x => x),
      );
    });
  const overdrawn = countsOf(trace).some(count => ledgerOf(trace, count).overdrafts.length > 0);
  found('properties').replaceChildren(row('nobody gives back what they do not hold', !overdrawn), ...rows);
}

const shown = (value: Value | undefined): string => (value === null ? 'none' : String(value ?? ''));

/** Every field with its value; what the last step changed stands first and says what it was. */
export function drawState(trace: Trace): void {
  const { machine, steps } = trace;
  const counts = new Set(machine.layout.counts.map(c => c.path));
  const own = (path: string): boolean => !counts.has(path) && !path.includes('<-') && !path.startsWith('@');
  const now = plain(machine, finalState(trace)) as Record<string, Value>;
  const before = plain(machine, steps.at(-2)?.state ?? trace.initial) as Record<string, Value>;
  const labels = new Set(machine.layout.instances.map(p => p.label.path));
  const paths = Object.keys(now).filter(path => own(path) && !labels.has(path));
  const isNew = (path: string): boolean => steps.length > 0 && now[path] !== before[path];
  const rows = [...paths.filter(isNew), ...paths.filter(path => !isNew(path))].map(path => {
    const value = isNew(path) ? `${shown(before[path])} → ${shown(now[path])}` : shown(now[path]);
    return made('tr', isNew(path) ? 'changed' : '', made('th', '', path), made('td', '', value));
  });
  found('state').replaceChildren(...rows);
}

/** Pixels between which a score is drawn to fit. */
const NARROWEST = 330;
const WIDEST = 900;

export function drawScore(trace: Trace, counter: string): void {
  const place = found('score');
  const width = Math.round(Math.min(WIDEST, Math.max(NARROWEST, place.clientWidth)));
  const figure = score(trace, { slider: false, width, ...(counter === '' ? {} : { counters: counter }) });
  place.replaceChildren(picture(figure.svg, figure.text));
}

/** So many of the last states are drawn, where the model has too many for all of them. */
const LAST = 5;

/** The states around here: the last ones that were passed, and those that can come next. */
function around(walk: Walk): Graph {
  const { steps } = walk.trace;
  const from = Math.max(0, steps.length - LAST);
  const passed = steps.slice(from);
  const first = from === 0 ? 'start' : `step ${from}`;
  const nodes = [{ label: first }, ...passed.map(s => ({ label: `${s.process} ${s.called}` }))];
  const here = nodes.length - 1;
  const way = passed.map((_, i) => ({ from: i, to: i + 1, kind: 'stem' as const }));
  const next = walk.choices.filter(c => c.kind === 'moves');
  return {
    nodes: [...nodes, ...next.map(c => ({ label: `${c.process} ${c.called}` }))],
    edges: [...way, ...next.map((_, i) => ({ from: here, to: here + 1 + i, kind: 'other' as const }))],
  };
}

/** All states of a small model; the way that was taken is dashed. */
function wholeWith(walk: Walk, { states, edges }: Whole): Graph {
  const keys = states.map(state => state.key);
  const at = [walk.trace.initial, ...walk.trace.steps.map(s => s.state)].map(state => keys.indexOf(state.join()));
  const taken = new Set(at.slice(1).map((to, i) => `${at[i]} ${to}`));
  const here = at.at(-1);
  return {
    nodes: states.map(({ label }, i) => ({ label: i === here ? `HERE: ${label}` : label })),
    edges: edges.map(({ from, to }) => ({ from, to, kind: taken.has(`${from} ${to}`) ? 'stem' : 'other' })),
  };
}

export function drawGraph(walk: Walk, all: Whole | null): void {
  const graph = all === null ? around(walk) : wholeWith(walk, all);
  const title =
    all === null ? 'The last steps (dashed), and what can come next' : 'All states; the way you took is dashed';
  const figure = stateGraph(graph, { title });
  found('graph').replaceChildren(picture(figure.svg, figure.text));
}
