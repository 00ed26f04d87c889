/** The glossary: the word at the cursor first, then the words that this notebook uses, then all others. */
import type { NotebookPanel } from '@jupyterlab/notebook';
import { type GlossaryWord, glossary } from '../api.js';
import { element } from '../dom.js';
import { inline } from './inline.js';
import type { SideContext, SideTab } from './panel.js';
import { wordUnderCursor } from './word-under-cursor.js';

export interface WordsTab extends SideTab {
  /** Brings one entry into view and takes the focus to it. */
  show(anchor: string): void;
}

export async function wordsTab({ panel }: SideContext): Promise<WordsTab> {
  const words = await glossary();
  const byTerm = new Map(words.map(word => [plain(word.term), word]));
  const input = element('input', {
    type: 'search',
    class: 'pp-side-search',
    placeholder: 'Find a word',
    'aria-label': 'Find a word of the glossary',
    autocomplete: 'off',
    spellcheck: 'false',
  });
  const list = element('div', {});
  const node = element('div', { class: 'pp-side-words' }, input, list);

  const entry = (word: GlossaryWord): HTMLElement => {
    const other = (text: string): Node | null => {
      const meant = byTerm.get(plain(text));
      if (meant === undefined || meant === word) return null;
      const button = element('button', { type: 'button', class: 'pp-link' }, text);
      button.addEventListener('click', () => show(meant.anchor));
      return button;
    };
    const attributes = { class: 'pp-word-entry', id: `pp-word-${word.anchor}`, tabindex: '-1' };
    const text = element('p', {}, ...inline(word.entry, '/files/docs/', other));
    return element('section', attributes, element('h4', {}, word.term), text);
  };
  const draw = (): void => {
    const typed = plain(input.value);
    const cursor = byTerm.get(plain(wordUnderCursor(panel.content) ?? ''));
    const used = usedWords(panel);
    const fits = (word: GlossaryWord): boolean =>
      typed === '' || plain(word.term).includes(typed) || (typed.length > 2 && plain(word.entry).includes(typed));
    // What is called so comes before what only speaks of it.
    const found = words.filter(fits).sort((a, b) => rank(a, typed) - rank(b, typed));
    const groups: [string, GlossaryWord[]][] =
      typed === ''
        ? [
            ['At the cursor', cursor === undefined ? [] : [cursor]],
            ['In this notebook', found.filter(word => used.has(word.anchor) && word !== cursor).sort(inOrder(used))],
            ['All other words', found.filter(word => !used.has(word.anchor) && word !== cursor)],
          ]
        : [['', found]];
    const filled = groups.filter(([, group]) => group.length > 0);
    list.replaceChildren(
      ...filled.flatMap(([title, group]) => [...(title === '' ? [] : [element('h3', {}, title)]), ...group.map(entry)]),
    );
    if (filled.length === 0) list.append(element('p', { class: 'pp-side-none' }, 'The glossary has no such word.'));
  };
  const show = (anchor: string): void => {
    input.value = '';
    draw();
    const found = list.querySelector<HTMLElement>(`#${CSS.escape(`pp-word-${anchor}`)}`);
    for (const other of list.querySelectorAll('[data-shown]')) other.removeAttribute('data-shown');
    found?.setAttribute('data-shown', '');
    found?.scrollIntoView({ block: 'start' });
    found?.focus({ preventScroll: true });
  };
  input.addEventListener('input', () => {
    draw();
    input.scrollIntoView({ block: 'nearest' });
  });
  draw();
  return { node, show, shown: draw };
}

/** The anchors that the notebook's text links to, with their order. */
function usedWords(panel: NotebookPanel): ReadonlyMap<string, number> {
  const cells = panel.content.model?.sharedModel.cells ?? [];
  const text = cells.map(cell => (cell.cell_type === 'markdown' ? cell.source : '')).join('\n');
  const anchors = [...text.matchAll(/docs\/glossary\.md#([^)\s]+)/g)].map(match => match[1] ?? '');
  return new Map([...new Set(anchors)].map((anchor, i) => [anchor, i]));
}

const inOrder =
  (used: ReadonlyMap<string, number>) =>
  (a: GlossaryWord, b: GlossaryWord): number =>
    (used.get(a.anchor) ?? 0) - (used.get(b.anchor) ?? 0);

function rank({ term }: GlossaryWord, typed: string): number {
  const name = plain(term);
  return name.startsWith(typed) ? 0 : name.includes(typed) ? 1 : 2;
}

function plain(text: string): string {
  return text
    .toLowerCase()
    .replace(/[`*]|\(\)/g, '')
    .trim();
}
