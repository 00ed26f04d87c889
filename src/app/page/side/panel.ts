/** The panel at the right: one button, tabs that are loaded when they are first looked at. */
import type { NotebookPanel } from '@jupyterlab/notebook';
import { element, icon } from '../dom.js';
import { keyText } from '../palette/key-caps.js';
import type { CodeTab } from './code.js';
import { onOpenSource, openSource } from './open-source.js';
import type { WordsTab } from './words.js';

export interface SideContext {
  readonly panel: NotebookPanel;
  /** The notebook's file name. */
  readonly name: string;
}

export interface SideTab {
  readonly node: HTMLElement;
  /** Called each time the tab comes into view. */
  shown?(): void;
}

interface Tabs {
  readonly words: WordsTab;
  readonly holders: SideTab;
  readonly sources: SideTab;
  readonly code: CodeTab;
}

type TabName = keyof Tabs;

const TABS: { readonly [K in TabName]: { readonly label: string; load(context: SideContext): Promise<Tabs[K]> } } = {
  words: { label: 'Words', load: async context => (await import('./words.js')).wordsTab(context) },
  holders: { label: 'Holders', load: async context => (await import('./holders.js')).holdersTab(context) },
  sources: { label: 'Sources', load: async context => (await import('./sources.js')).sourcesTab(context) },
  code: { label: 'Code', load: async context => (await import('./code.js')).codeTab(context) },
};
const NAMES = Object.keys(TABS) as TabName[];

const KEPT = 'put-page side';
const SIDE = 'M2.5 3.5h11v9h-11zM9.5 3.5v9';

export interface SidePanel {
  /** Stands at the right of the notebook. */
  readonly node: HTMLElement;
  readonly button: HTMLButtonElement;
  /** Opens it at the tab that was looked at last, or closes it; then the focus is where it was before. */
  toggle(): void;
  /** Opens it at a tab. */
  open<K extends TabName>(name: K): Promise<Tabs[K]>;
}

export function sidePanel(context: SideContext): SidePanel {
  const button = element('button', { type: 'button', class: 'pp-button pp-side-button', 'aria-expanded': 'false' });
  button.dataset.narrow = 'icons';
  button.append(icon(SIDE), element('span', {}, 'Panel'));
  button.title = `Words, holders, sources and code (${keyText('Accel J')})`;
  const tabs = NAMES.map(name =>
    element(
      'button',
      { type: 'button', role: 'tab', id: `pp-tab-${name}`, 'aria-controls': 'pp-side-body', 'data-tab': name },
      TABS[name].label,
    ),
  );
  const close = element('button', { type: 'button', class: 'pp-close', 'aria-label': 'Close the panel' }, '×');
  const bar = element('div', { role: 'tablist', 'aria-label': 'Beside the notebook' }, ...tabs);
  const body = element('div', { class: 'pp-side-body', id: 'pp-side-body', role: 'tabpanel' });
  const head = element('div', { class: 'pp-side-head' }, bar, close);
  const node = element('aside', { class: 'pp-side', 'aria-label': 'Beside the notebook', hidden: '' }, head, body);

  const made = new Map<TabName, Promise<SideTab>>();
  let before: Element | null = null;
  const open = async <K extends TabName>(name: K): Promise<Tabs[K]> => {
    if (node.hasAttribute('hidden')) before = document.activeElement;
    node.hidden = false;
    button.setAttribute('aria-expanded', 'true');
    localStorage.setItem(KEPT, name);
    for (const tab of tabs) {
      const chosen = tab.dataset.tab === name;
      tab.setAttribute('aria-selected', String(chosen));
      tab.tabIndex = chosen ? 0 : -1;
    }
    body.setAttribute('aria-labelledby', `pp-tab-${name}`);
    const loading = made.get(name) ?? TABS[name].load(context);
    made.set(name, loading);
    const tab = (await loading) as Tabs[K];
    if (localStorage.getItem(KEPT) === name && body.firstChild !== tab.node) {
      body.replaceChildren(tab.node);
      body.scrollTop = 0;
      (tab as SideTab).shown?.();
    }
    return tab;
  };
  const shut = (): void => {
    node.hidden = true;
    button.setAttribute('aria-expanded', 'false');
    body.replaceChildren();
    if (before instanceof HTMLElement && before.isConnected && before !== document.body) before.focus();
    else context.panel.content.activate();
  };
  const toggle = (): void => {
    if (!node.hasAttribute('hidden')) {
      shut();
      return;
    }
    const last = NAMES.find(name => name === localStorage.getItem(KEPT)) ?? 'words';
    void open(last);
    tabs.find(tab => tab.dataset.tab === last)?.focus();
  };

  button.addEventListener('click', toggle);
  close.addEventListener('click', shut);
  for (const tab of tabs) tab.addEventListener('click', () => void open(tab.dataset.tab as TabName));
  bar.addEventListener('keydown', event => {
    const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (by === undefined) return;
    const at = tabs.indexOf(document.activeElement as HTMLButtonElement);
    const next = tabs[(at + by + tabs.length) % tabs.length];
    next?.focus();
    next?.click();
  });
  node.addEventListener('keydown', event => {
    if (event.key !== 'Escape') return;
    event.stopPropagation();
    shut();
  });
  followLinks(context.panel.node, open);
  onOpenSource(async (file, line) => (await open('code')).show(file, line));
  return { node, button, toggle, open };
}

const WORD = /^\/files\/docs\/glossary\.md$/;
const SOURCE = /^\/files\/(src\/.+\.ts)$/;

/** A plain click on a word of the glossary, or on a file of src/, shows it beside the notebook, not in its place. */
function followLinks(notebook: HTMLElement, open: SidePanel['open']): void {
  notebook.addEventListener('click', event => {
    if (event.defaultPrevented || event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const link = event.target instanceof Element ? event.target.closest('a') : null;
    if (link === null || link.origin !== location.origin) return;
    const file = SOURCE.exec(link.pathname)?.[1];
    const word = WORD.test(link.pathname) ? decodeURIComponent(link.hash.slice(1)) : '';
    if (file === undefined && word === '') return;
    event.preventDefault();
    if (file === undefined) void open('words').then(words => words.show(word));
    else void openSource(file, Number(/^#L(\d+)$/.exec(link.hash)?.[1] ?? 1));
  });
}
