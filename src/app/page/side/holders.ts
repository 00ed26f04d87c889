/** Who may hold a reference, with the colour and pattern of every figure: a legend that stays in sight. */
import type { NotebookPanel } from '@jupyterlab/notebook';
import { darkOf } from '../../../views/dark.js';
import { HOLDERS, type HolderLook } from '../../../views/holders.js';
import { element } from '../dom.js';
import type { SideContext, SideTab } from './panel.js';

const ABOUT = 'Every figure draws a holder in the same colour and pattern.';

export function holdersTab({ panel }: SideContext): SideTab {
  const lists = element('div', {});
  const node = element('div', { class: 'pp-side-holders' }, element('p', {}, ABOUT), lists);
  const shown = (): void => {
    const drawn = drawnHolders(panel);
    const all = Object.entries(HOLDERS);
    const groups: [string, [string, HolderLook][]][] = [
      ['In the figures of this notebook', all.filter(([name]) => drawn.has(name))],
      [drawn.size === 0 ? 'All holders' : 'All others', all.filter(([name]) => !drawn.has(name))],
    ];
    lists.replaceChildren(
      ...groups.flatMap(([title, group]) =>
        group.length === 0 ? [] : [element('h3', {}, title), element('ul', {}, ...group.map(row))],
      ),
    );
  };
  shown();
  return { node, shown };
}

function row([, look]: [string, HolderLook]): HTMLElement {
  return element('li', {}, swatch(look), element('span', {}, look.says));
}

/** Strokes over a field of 36 by 20. */
const STROKES: Readonly<Record<string, string>> = {
  '/': 'M-2 14 12 0M4 20 24 0M14 20 34 0M24 20 40 4',
  '\\': 'M-2 6 12 20M4 0 24 20M14 0 34 20M24 0 40 16',
  x: 'M-2 14 12 0M4 20 24 0M14 20 34 0M24 20 40 4M-2 6 12 20M4 0 24 20M14 0 34 20M24 0 40 16',
  '-': 'M0 5h36M0 10h36M0 15h36',
  '|': 'M6 0v20M12 0v20M18 0v20M24 0v20M30 0v20',
  '+': 'M0 5h36M0 10h36M0 15h36M6 0v20M12 0v20M18 0v20M24 0v20M30 0v20',
  '.': 'M6 5h.01M14 5h.01M22 5h.01M30 5h.01M10 10h.01M18 10h.01M26 10h.01M6 15h.01M14 15h.01M22 15h.01M30 15h.01',
};

const SVG = 'http://www.w3.org/2000/svg';

function swatch({ line, pale, pattern }: HolderLook): SVGSVGElement {
  const svg = document.createElementNS(SVG, 'svg');
  const set = (node: Element, attributes: Readonly<Record<string, string>>): void => {
    for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  };
  set(svg, { viewBox: '0 0 36 20', width: '36', height: '20', 'aria-hidden': 'true', class: 'pp-swatch' });
  const colours = { '--line': line, '--pale': pale, '--line-dark': darkOf(line), '--pale-dark': darkOf(pale) };
  for (const [name, value] of Object.entries(colours)) svg.style.setProperty(name, value);
  const rect = document.createElementNS(SVG, 'rect');
  set(rect, { x: '0.75', y: '0.75', width: '34.5', height: '18.5' });
  const path = document.createElementNS(SVG, 'path');
  set(path, { d: STROKES[pattern] ?? '', 'data-dots': String(pattern === '.') });
  svg.append(rect, path);
  return svg;
}

/** Holders that figures of this notebook draw, by the names of their traces. */
function drawnHolders(panel: NotebookPanel): ReadonlySet<string> {
  const outputs = panel.content.widgets.map(cell => {
    const { outputs: own } = cell.model as unknown as { readonly outputs?: { toJSON(): unknown } };
    return JSON.stringify(own?.toJSON() ?? []);
  });
  const text = outputs.join('');
  // A trace has the holder's name, or the name in words with it in brackets: `the device (base)`.
  const drawn = Object.keys(HOLDERS).filter(name =>
    new RegExp(`"(?:name|legendgroup)":"(?:${name}(?:"|\\[)|[^"]*\\(${name}\\)")`).test(text),
  );
  return new Set(drawn);
}
