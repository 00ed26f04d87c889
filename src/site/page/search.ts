/** The search of every page: a prebuilt index, fetched when somebody begins to type. */
import { ranked, snippet } from '../rank.js';
import type { Entry } from '../search-index.js';

const MOST = 10;

const box = document.querySelector<HTMLElement>('.search');
const input = box?.querySelector('input');
const list = box?.querySelector('ul');
let index: Promise<readonly Entry[]> | undefined;
let active = -1;

const load = (): Promise<readonly Entry[]> => {
  index ??= fetch(new URL('search.json', import.meta.url)).then(answer => answer.json());
  return index;
};

function element(tag: string, text: string, name = ''): HTMLElement {
  const made = document.createElement(tag);
  made.textContent = text;
  if (name !== '') made.className = name;
  return made;
}

function item(entry: Entry, words: readonly string[], i: number): HTMLElement {
  const li = document.createElement('li');
  li.id = `found-${i}`;
  li.role = 'option';
  const a = document.createElement('a');
  a.href = entry.to;
  a.tabIndex = -1;
  a.append(element('span', entry.of, 'of'), element('b', entry.title), element('span', snippet(entry.text, words)));
  li.append(a);
  return li;
}

function close(): void {
  if (list === null || list === undefined || input === null || input === undefined) return;
  list.hidden = true;
  active = -1;
  input.setAttribute('aria-expanded', 'false');
  input.removeAttribute('aria-activedescendant');
}

function choose(to: number): void {
  const items = [...(list?.children ?? [])];
  if (items.length === 0) return;
  active = (to + items.length) % items.length;
  items.forEach((one, i) => {
    one.setAttribute('aria-selected', String(i === active));
  });
  items[active]?.scrollIntoView({ block: 'nearest' });
  input?.setAttribute('aria-activedescendant', `found-${active}`);
}

async function look(): Promise<void> {
  if (list === null || list === undefined || input === null || input === undefined) return;
  const asked = input.value;
  if (asked.trim() === '') return close();
  const entries = await load();
  if (input.value !== asked) return;
  const { found, words } = ranked(entries, asked);
  const shown = found.slice(0, MOST).map((entry, i) => item(entry, words, i));
  list.replaceChildren(...(shown.length > 0 ? shown : [element('li', `Nothing has “${asked.trim()}”.`, 'none')]));
  list.hidden = false;
  active = -1;
  input.setAttribute('aria-expanded', 'true');
}

function key(event: KeyboardEvent): void {
  if (event.key === 'Escape') close();
  else if (event.key === 'ArrowDown') choose(active + 1);
  else if (event.key === 'ArrowUp') choose(active - 1);
  else if (event.key === 'Enter') list?.querySelectorAll<HTMLAnchorElement>('a')[Math.max(0, active)]?.click();
  else return;
  if (event.key !== 'Escape') event.preventDefault();
}

if (box !== null && input !== null && input !== undefined) {
  box.hidden = false;
  input.addEventListener('focus', () => void load());
  input.addEventListener('input', () => void look());
  input.addEventListener('keydown', key);
  document.addEventListener('click', event => {
    if (!box.contains(event.target as Node) || (event.target as HTMLElement).closest('a') !== null) close();
  });
  document.addEventListener('keydown', event => {
    const typing = (event.target as HTMLElement).closest('input, textarea, select, [contenteditable]') !== null;
    if (event.key !== '/' || typing || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    input.focus();
  });
}

// Every page opens without a network from the second visit on; whatever that takes comes after this page.
addEventListener('load', () => {
  navigator.serviceWorker?.register(new URL('../service-worker.js', import.meta.url)).catch(() => {});
});
