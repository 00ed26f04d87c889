/** The page of a story's models: the reader is the scheduler. What was done stands in the address. */
import { countsOf } from '../../ledger/index.js';
import { eventsOf, ModelError } from '../../model/index.js';
import type { Scenario, Settings } from '../../model/scenario.js';
import { markText } from '../../model/telling.js';
import { loadScenario } from '../../stories/by-name.js';
import { addressed, addressOf, canTake, saidOf, type Taken, Walk, type Whole, wholeGraph } from '../walk.js';
import type { Searched } from './explore/asked.js';
import { found, made } from './explore/dom.js';
import {
  drawChoices,
  drawGraph,
  drawHolders,
  drawProperties,
  drawScore,
  drawState,
  drawWatched,
} from './explore/draw.js';
import { scenarioNames, setForm, setInWords, settingsOf } from './explore/form.js';
import { type Search, search } from './explore/search.js';

const counter = found<HTMLSelectElement>('counter');
const property = found<HTMLSelectElement>('property');
const watch = found<HTMLInputElement>('watch');

let scenario: Scenario;
let settings: Settings;
let walk: Walk;
/** Steps that were taken back, the next one last. */
let undone: Taken[] = [];
let whole: Whole | null = null;
let running: Search | undefined;

const [first = ''] = scenarioNames();

function address(): string {
  const model = scenario.name === first ? '' : `model=${scenario.name}&`;
  const watched = watch.value.trim() === '' ? '' : `watch=${encodeURIComponent(watch.value.trim())}&`;
  return `${model}${watched}${addressOf(settings, scenario.settings(), walk.taken)}`.replace(/&$/, '');
}

/** Puts what was done into the address; a jump can be undone by the browser's own way back. */
function keep(jump: boolean): void {
  const url = `${location.pathname}${location.search}#${address()}`;
  if (jump && url !== `${location.pathname}${location.search}${location.hash}`) history.pushState(null, '', url);
  else history.replaceState(null, '', url);
}

function option(value: string, text: string): HTMLElement {
  const made = document.createElement('option');
  made.value = value;
  made.textContent = text;
  return made;
}

function fillSelects(): void {
  counter.replaceChildren(option('', 'that changes most'), ...countsOf(walk.trace).map(path => option(path, path)));
  const { properties } = walk.model;
  property.replaceChildren(
    option('always', 'any safety property that breaks'),
    ...properties.map(p => option(p.name, `${p.name} (${p.kind})`)),
  );
}

/** The last step in words, with its events. */
function said(): string {
  const { trace } = walk;
  const last = trace.steps.at(-1);
  if (last === undefined) return 'Nothing has happened yet. Take a step.';
  const events = eventsOf(trace).filter(m => m.step === trace.steps.length);
  const marks = events.map(m => ` ${markText(m)}.`).join('');
  const what = last.waited ? 'waits' : saidOf(trace);
  return `Step ${trace.steps.length}: ${last.process} ${last.called}()${what === '' ? '' : `: ${what}`}.${marks}`;
}

function draw(): void {
  const { trace } = walk;
  const bad = eventsOf(trace).some(m => m.step === trace.steps.length && m.tone === 'bad');
  found('said').textContent = said();
  found('said').dataset.bad = String(bad);
  drawChoices(walk, choice => take(choice));
  drawHolders(trace);
  drawProperties(trace);
  drawState(trace);
  drawScore(trace, counter.value);
  drawGraph(walk, whole);
  found<HTMLButtonElement>('back').disabled = trace.steps.length === 0;
  found<HTMLButtonElement>('start').disabled = trace.steps.length === 0;
  found<HTMLButtonElement>('here').disabled = trace.steps.length === 0 || running !== undefined;
  drawWatched(trace, watch.value);
  found<HTMLButtonElement>('forth').disabled = undone.length === 0;
  found('set').textContent = setInWords(settings, scenario.settings());
  document.body.dataset.steps = String(trace.steps.length);
}

function take(step: Taken): void {
  try {
    walk.take(step);
  } catch (error) {
    if (!(error instanceof ModelError)) throw error;
    found('verdict').textContent = error.message;
    return;
  }
  const next = undone.pop();
  if (next !== undefined && (next.process !== step.process || next.picks.join() !== step.picks.join())) undone = [];
  keep(false);
  draw();
}

function back(left: number): void {
  undone.push(...walk.taken.slice(left).reverse());
  walk.back(left);
  keep(false);
  draw();
}

function forth(): void {
  const next = undone.at(-1);
  if (next !== undefined) take(next);
}

/** A walk through what is set; the message where no model can be made of it, as some settings exclude each other. */
function madeWalk(): string | undefined {
  try {
    const set = scenario.settings(settingsOf(scenario.name));
    walk = new Walk(scenario.model(set));
    settings = set;
    return undefined;
  } catch (error) {
    if (error instanceof ModelError) return error.message;
    throw error;
  }
}

/** Makes the model anew, and takes the same steps again as far as they are possible. */
function begin(steps: readonly Taken[], jump: boolean): void {
  stop();
  delete found('verdict').dataset.verdict;
  const wrong = madeWalk();
  if (wrong !== undefined) {
    found('verdict').textContent = wrong;
    found('verdict').dataset.verdict = 'violated';
    return;
  }
  undone = [];
  const same = walk.follow(steps);
  fillSelects();
  found('verdict').textContent =
    same < steps.length
      ? `${same} of the ${steps.length} steps are possible here; then this model does something else.`
      : '';
  whole = wholeGraph(walk.model);
  keep(jump);
  draw();
}

function stop(): void {
  running?.stop();
  running = undefined;
  found('stop').hidden = true;
  found<HTMLButtonElement>('find').disabled = false;
  found<HTMLButtonElement>('here').disabled = walk.taken.length === 0;
}

function show(answer: Searched): void {
  stop();
  let says = answer.lasso && answer.cycle > 0 ? ` The last ${answer.cycle} steps repeat for ever.` : '';
  if (answer.taken.length > 0) {
    walk.back(answer.after);
    const followed = walk.follow(answer.taken);
    if (followed < answer.taken.length) says = ' The last step of it cannot be shown: it gives back too much.';
    undone = [];
    keep(true);
    draw();
  }
  const where = answer.after > 0 ? `From step ${answer.after}: ` : '';
  found('verdict').textContent = `${where}${answer.says}.${says}`;
  found('verdict').dataset.verdict = answer.verdict;
}

/** @param here from the state that is seen; else from the start */
function find(here: boolean): void {
  stop();
  const after = here ? walk.taken : [];
  const told = found('verdict');
  told.textContent = 'Searching…';
  delete told.dataset.verdict;
  found('stop').hidden = false;
  for (const id of ['find', 'here']) found<HTMLButtonElement>(id).disabled = true;
  running = search(
    { scenario: scenario.name, settings, property: property.value, after },
    {
      progress: states => {
        told.textContent = `Searching: ${states.toLocaleString('en')} states…`;
      },
      found: show,
      failed: why => {
        stop();
        told.textContent = why;
      },
    },
  );
}

async function read(): Promise<void> {
  const { settings: given, taken } = addressed(location.hash.slice(1));
  const name = scenarioNames().find(one => one === given.model) ?? first;
  scenario = await loadScenario(name);
  setForm(scenario, given);
  watch.value = given.watch ?? '';
  // An address may say what no model can be: the defaults always are one.
  if (madeWalk() !== undefined) setForm(scenario, {});
  begin(taken, false);
}

async function change(event: Event): Promise<void> {
  const { id } = event.target as HTMLElement;
  const other = id === 'scenario';
  if (other) {
    scenario = await loadScenario((event.target as HTMLSelectElement).value);
    setForm(scenario, {});
  }
  begin(other ? [] : walk.taken, true);
}

const KEYS: Readonly<Record<string, () => void>> = {
  ArrowLeft: () => walk.taken.length > 0 && back(walk.taken.length - 1),
  Backspace: () => walk.taken.length > 0 && back(walk.taken.length - 1),
  ArrowRight: forth,
  Home: () => walk.taken.length > 0 && back(0),
  f: () => find(false),
  h: () => find(true),
};

function key(event: KeyboardEvent): void {
  const typing = (event.target as HTMLElement).closest('input, select, textarea') !== null;
  if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
  const choice = /^[1-9]$/.test(event.key) ? walk.choices[Number(event.key) - 1] : undefined;
  if (choice === undefined && KEYS[event.key] === undefined) return;
  event.preventDefault();
  if (choice === undefined) KEYS[event.key]?.();
  else if (canTake(choice)) take(choice);
}

async function main(): Promise<void> {
  if (matchMedia('(max-width: 700px)').matches) document.querySelector('.settings details')?.removeAttribute('open');
  await read();
  document.querySelector('.settings')?.addEventListener('change', event => void change(event));
  found('back').addEventListener('click', () => back(walk.taken.length - 1));
  found('forth').addEventListener('click', forth);
  found('start').addEventListener('click', () => back(0));
  found('find').addEventListener('click', () => find(false));
  found('here').addEventListener('click', () => find(true));
  found('stop').addEventListener('click', () => {
    stop();
    found('verdict').textContent = 'Stopped: nothing is proved.';
  });
  found('share').addEventListener('click', async () => {
    await navigator.clipboard.writeText(location.href);
    found('share').replaceChildren(made('span', '', 'Copied'));
  });
  watch.addEventListener('input', () => {
    drawWatched(walk.trace, watch.value);
    keep(false);
  });
  counter.addEventListener('change', () => drawScore(walk.trace, counter.value));
  document.addEventListener('keydown', key);
  addEventListener('popstate', () => void read());
  let width = innerWidth;
  addEventListener('resize', () => {
    if (innerWidth !== width) drawScore(walk.trace, counter.value);
    width = innerWidth;
  });
  document.body.dataset.ready = 'true';
}

main().catch((error: unknown) => {
  found('verdict').textContent = error instanceof Error ? error.message : String(error);
});
