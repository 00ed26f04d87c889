/** The table of contents: the headings of the notebook's text, with the one that is being read marked. */
import type { NotebookPanel } from '@jupyterlab/notebook';
import { element, icon } from '../dom.js';
import { keyText } from '../palette/key-caps.js';

interface Heading {
  readonly cell: number;
  readonly level: number;
  readonly text: string;
}

/** Deeper headings are details. */
const LEVELS = 3;
const OPEN_KEY = 'put-page contents';
const LIST = 'M2.5 4h1M6 4h7.5M2.5 8h1M6 8h7.5M2.5 12h1M6 12h7.5';

export interface ContentsList {
  /** The list, to stand beside the notebook. */
  readonly node: HTMLElement;
  /** Opens and closes it. */
  readonly button: HTMLButtonElement;
  /** The same by key; closing it leaves no focus behind in it. */
  toggle(): void;
}

export function contentsList(panel: NotebookPanel): ContentsList {
  const list = element('ol', {});
  const node = element('nav', { class: 'pp-contents', 'aria-label': 'Contents' }, list);
  const button = element('button', { type: 'button', class: 'pp-button pp-contents-button' });
  button.append(icon(LIST), element('span', {}, 'Contents'));
  const open = (yes: boolean): void => {
    node.hidden = !yes;
    button.setAttribute('aria-expanded', String(yes));
    localStorage.setItem(OPEN_KEY, yes ? 'open' : 'closed');
  };
  const toggle = (): void => {
    const inside = node.contains(document.activeElement);
    open(node.hasAttribute('hidden'));
    if (inside) panel.content.activate();
  };
  button.addEventListener('click', toggle);
  button.title = `Show or hide the contents (${keyText('Accel B')})`;
  // Where there is room the reader finds it open; what they choose is kept.
  open((localStorage.getItem(OPEN_KEY) ?? (window.innerWidth >= 1280 ? 'open' : 'closed')) === 'open');

  const { content } = panel;
  let drawn = '';
  const draw = (): void => {
    const headings = headingsOf(panel);
    const key = JSON.stringify(headings);
    if (key !== drawn) list.replaceChildren(...headings.map(heading => item(panel, heading)));
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
  content.model?.contentChanged.connect(soon(draw, 500));
  content.outerNode.addEventListener('scroll', soon(mark, 100));
  draw();
  return { node, button, toggle };
}

/** Runs once, some time after the first of many calls. */
function soon(run: () => void, after: number): () => void {
  let waiting = false;
  return () => {
    if (waiting) return;
    waiting = true;
    setTimeout(() => {
      waiting = false;
      run();
    }, after);
  };
}

function headingsOf(panel: NotebookPanel): Heading[] {
  const cells = panel.content.model?.sharedModel.cells ?? [];
  return cells.flatMap((cell, i) => (cell.cell_type === 'markdown' ? headingsIn(cell.source, i) : []));
}

function headingsIn(source: string, cell: number): Heading[] {
  const text = source.replace(/^(```|~~~)[\s\S]*?^\1/gm, '');
  return [...text.matchAll(/^(#{1,6})\s+(.+?)\s*#*$/gm)]
    .map(([, marks = '', words = '']) => ({ cell, level: marks.length, text: plain(words) }))
    .filter(({ level }) => level <= LEVELS);
}

function plain(markdown: string): string {
  return markdown.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1').replace(/[*`]/g, '');
}

function item(panel: NotebookPanel, { cell, level, text }: Heading): HTMLElement {
  const link = element('button', { type: 'button', 'data-cell': String(cell), 'data-level': String(level) }, text);
  const go = async (): Promise<void> => {
    const { content } = panel;
    content.activeCellIndex = cell;
    content.deselectAll();
    // It may not be drawn yet.
    await content.scrollToItem(cell);
    const node = content.widgets[cell]?.node;
    const same = [...(node?.querySelectorAll('h1, h2, h3') ?? [])].find(found => found.textContent?.startsWith(text));
    (same ?? node)?.scrollIntoView({ block: 'start' });
  };
  link.addEventListener('click', () => void go());
  return element('li', {}, link);
}
