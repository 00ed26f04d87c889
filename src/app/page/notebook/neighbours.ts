/** The previous and the next notebook, in the order of the home page: in the header, and where this one ends. */
import { listNotebooks, type NotebookEntry } from '../api.js';
import { element, icon } from '../dom.js';

export interface Neighbours {
  /** For the header: two small links. */
  readonly header: HTMLElement;
  /** For the end of the notebook. */
  readonly end: HTMLElement;
}

const SIDES = [
  { word: 'Previous', by: -1, path: 'M10 3.5 5.5 8l4.5 4.5' },
  { word: 'Next', by: 1, path: 'M6 3.5 10.5 8 6 12.5' },
] as const;

/** Empty until the server has answered; they stay so for a notebook that is not on the home page. */
export function neighbours(name: string): Neighbours {
  const header = element('nav', { class: 'pp-neighbours', 'aria-label': 'Other notebooks' });
  const end = element('nav', { class: 'pp-end', 'aria-label': 'Where to go from here' });
  // It stands inside the notebook: a letter pressed here is for no cell, and JupyterLab would send the focus back to one.
  end.dataset.lmSuppressShortcuts = 'true';
  for (const type of ['focusin', 'keydown']) end.addEventListener(type, event => event.stopPropagation());
  void listNotebooks().then(
    all => {
      const here = all.findIndex(entry => entry.name === name);
      if (here < 0) return;
      for (const { word, by, path } of SIDES) {
        const entry = all[here + by];
        if (entry === undefined) continue;
        const small = link(entry, `${word} notebook: ${entry.title}`);
        small.append(icon(path));
        header.append(small);
        const large = link(entry);
        large.dataset.side = word.toLowerCase();
        large.append(element('span', {}, word), entry.number === '' ? entry.title : `${entry.number} · ${entry.title}`);
        end.append(large);
      }
      if (here === all.length - 1)
        end.append(element('a', { href: '/', 'data-side': 'next' }, element('span', {}, 'Back to'), 'All notebooks'));
    },
    () => undefined,
  );
  return { header, end };
}

function link({ name }: NotebookEntry, title?: string): HTMLAnchorElement {
  const href = `/notebook/${encodeURIComponent(name)}`;
  return element('a', { href, ...(title === undefined ? {} : { title, 'aria-label': title }) });
}
