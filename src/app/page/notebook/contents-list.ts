/**
 * The table of contents: the headings of the notebook's text, with the one that is being read marked, and beside each
 * the bets and exercises that stand below it. Beneath them, how far the reader is and the way to the next exercise.
 */
import { NotebookActions, type NotebookPanel } from '@jupyterlab/notebook';
import type { LessonProgress } from '../api.js';
import { element, icon } from '../dom.js';
import { keyText } from '../palette/key-caps.js';
import { below, type Heading, headingsOf, type Task, tasksOf } from './headings.js';
import { soon } from './soon.js';
import { taskMarks, tasksInWords } from './task-marks.js';

const OPEN_KEY = 'put-page contents';
/** As in contents.css: here the list lies over the notebook. */
const sheet = matchMedia('(max-width: 700px)');
/** Up to this width of the window, as style/contents.css has it. */
const COVERS_MAX = 700;
const LIST = 'M2.5 4h1M6 4h7.5M2.5 8h1M6 8h7.5M2.5 12h1M6 12h7.5';

export interface ContentsList {
  /** The list, to stand beside the notebook. */
  readonly node: HTMLElement;
  /** Opens and closes it. */
  readonly button: HTMLButtonElement;
  /** The same by key; closing it leaves no focus behind in it. */
  toggle(): void;
  /** Shows what has been done. */
  progress(done: LessonProgress): void;
  /** Goes to the first exercise below the active cell that is not done; after the last, to the first such one. */
  nextExercise(): Promise<void>;
}

export function contentsList(panel: NotebookPanel): ContentsList {
  const { content } = panel;
  const list = element('ol', {});
  const foot = element('div', { class: 'pp-contents-foot', hidden: '' });
  const node = element('nav', { class: 'pp-contents', 'aria-label': 'Contents' }, list, foot);
  const { button, toggle } = opener(panel, node);

  let done: LessonProgress = { bets: [], exercises: [] };
  let drawn = '';
  const draw = (): void => {
    const headings = headingsOf(panel);
    const tasks = tasksOf(panel, done);
    const key = JSON.stringify([headings, tasks]);
    if (key !== drawn) {
      const focus = list.contains(document.activeElement)
        ? [...list.children].findIndex(li => li.contains(document.activeElement))
        : -1;
      list.replaceChildren(...headings.map((heading, i) => item(panel, heading, below(headings, i, tasks))));
      list.children[focus]?.querySelector('button')?.focus();
      drawFoot(foot, tasks, nextExercise);
    }
    drawn = key;
    // A longer cell moves the headings below it, too.
    mark();
  };
  const mark = (): void => {
    const top = content.outerNode.getBoundingClientRect().top + 80;
    const items = [...list.querySelectorAll<HTMLElement>('[data-cell]')];
    const above = items.filter(entry => {
      const cell = content.widgets[Number(entry.dataset.cell)];
      return cell?.isAttached === true && cell.node.getBoundingClientRect().top <= top;
    });
    const current = above.at(-1) ?? items[0];
    for (const entry of items) entry.toggleAttribute('aria-current', entry === current);
  };
  const nextExercise = async (): Promise<void> => {
    const open = tasksOf(panel, done).filter(task => task.kind === 'exercise' && !task.done);
    const headings = headingsOf(panel);
    const headingOf = ({ cell }: Task): Heading | undefined => headings.filter(heading => heading.cell <= cell).at(-1);
    const here = content.activeCellIndex;
    const next = open.find(task => (headingOf(task)?.cell ?? task.cell) > here) ?? open[0];
    if (next === undefined) return;
    await goTo(panel, headingOf(next) ?? { cell: next.cell, level: 1, text: '' });
    content.activate();
  };
  content.model?.contentChanged.connect(soon(draw, 500));
  content.outerNode.addEventListener('scroll', soon(mark, 100));
  draw();
  const progress = (now: LessonProgress): void => {
    done = now;
    draw();
  };
  return { node, button, toggle, progress, nextExercise };
}

function opener(panel: NotebookPanel, node: HTMLElement): Pick<ContentsList, 'button' | 'toggle'> {
  const button = element('button', { type: 'button', class: 'pp-button pp-contents-button' });
  button.append(icon(LIST), element('span', {}, 'Contents'));
  const open = (yes: boolean): void => {
    node.hidden = !yes;
    button.setAttribute('aria-expanded', String(yes));
  };
  const toggle = (): void => {
    const inside = node.contains(document.activeElement);
    const yes = node.hasAttribute('hidden');
    open(yes);
    if (!sheet.matches) localStorage.setItem(OPEN_KEY, yes ? 'open' : 'closed');
    if (inside) panel.content.activate();
  };
  button.addEventListener('click', toggle);
  button.title = `Show or hide the contents (${keyText('Accel B')})`;
  // Where there is room the reader finds it open; what they choose is kept. A sheet would cover what they came to read.
  const begin = (): void =>
    open(
      !sheet.matches && (localStorage.getItem(OPEN_KEY) ?? (window.innerWidth >= 1280 ? 'open' : 'closed')) === 'open',
    );
  sheet.addEventListener('change', begin);
  begin();
  return { button, toggle };
}

/** How far the reader is, which also says what the signs mean; nothing for a notebook without tasks. */
function drawFoot(foot: HTMLElement, tasks: readonly Task[], go: () => Promise<void>): void {
  foot.hidden = tasks.length === 0;
  const lines = (['bet', 'exercise'] as const).flatMap(kind => {
    const own = tasks.filter(task => task.kind === kind);
    const sign = element('i', { 'data-kind': kind, 'data-done': 'true' });
    const marks = element('span', { class: 'pp-marks', 'aria-hidden': 'true' }, sign);
    return own.length === 0 ? [] : [element('p', {}, marks, capital(tasksInWords(own)))];
  });
  const open = tasks.filter(task => task.kind === 'exercise' && !task.done);
  const button = element('button', { type: 'button', class: 'pp-button pp-next-exercise' }, 'Next exercise');
  button.addEventListener('click', () => void go());
  foot.replaceChildren(...lines, ...(open.length === 0 ? [] : [button]));
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

function item(panel: NotebookPanel, heading: Heading, tasks: readonly Task[]): HTMLElement {
  const { cell, level, text } = heading;
  const words = element('span', {}, text);
  const link = element('button', { type: 'button', 'data-cell': String(cell), 'data-level': String(level) }, words);
  const marks = taskMarks(tasks);
  if (marks !== null) link.append(marks);
  link.addEventListener('click', () => void goTo(panel, heading).then(() => left(panel)));
  return element('li', {}, link);
}

/** On a phone the list covers the notebook: whoever has chosen from it wants to read. */
function left(panel: NotebookPanel): void {
  if (window.innerWidth > COVERS_MAX) return;
  document.querySelector<HTMLElement>('.pp-contents-button')?.click();
  panel.content.activate();
}

async function goTo({ content }: NotebookPanel, { cell, text }: Heading): Promise<void> {
  content.activeCellIndex = cell;
  content.deselectAll();
  const widget = content.widgets[cell];
  // It may be below a heading that is closed, and not be drawn yet.
  if (widget?.isHidden === true) NotebookActions.expandParent(widget, content);
  await content.scrollToItem(cell);
  const node = content.widgets[cell]?.node;
  const same = [...(node?.querySelectorAll('h1, h2, h3') ?? [])].find(found => found.textContent?.startsWith(text));
  (same ?? node)?.scrollIntoView({ block: 'start' });
}
