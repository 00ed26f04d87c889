/** What the home page says about a notebook, read from the notebook itself. */
import { cellsOf, type Json, sourceOf } from './notebook-json.js';

export interface Summary {
  /** Leading digits of the file name, '' when it has none. */
  readonly number: string;
  /** The first H1, as plain text; the file name without it. */
  readonly title: string;
  /** The first paragraph below the H1, as plain text. */
  readonly symptom: string;
  /** As the notebook says it, for instance '45-50 min'; '' when it does not. */
  readonly minutes: string;
}

export function summarize(name: string, notebook: Json): Summary {
  const first = cellsOf(notebook).find(cell => cell.cell_type === 'markdown' && /^#\s/m.test(sourceOf(cell)));
  const lines = first === undefined ? [] : sourceOf(first).split('\n');
  const h1 = lines.findIndex(line => /^#\s/.test(line));
  const title = h1 < 0 ? name.replace(/\.ipynb$/, '') : plain((lines[h1] ?? '').replace(/^#\s+/, ''));
  const minutes = /(\d+)(?:\s*(?:-|–|to)\s*(\d+))?\s*min/.exec(lines.join('\n'));
  return {
    number: /^\d+/.exec(name)?.[0] ?? '',
    title,
    symptom: h1 < 0 ? '' : plain(firstParagraph(lines.slice(h1 + 1)).replace(/^\**symptom:?\**:?\s*/i, '')),
    minutes: minutes === null ? '' : `${minutes[1]}${minutes[2] === undefined ? '' : `–${minutes[2]}`} min`,
  };
}

function firstParagraph(lines: readonly string[]): string {
  const start = lines.findIndex(line => line.trim() !== '');
  if (start < 0) return '';
  const end = lines.findIndex((line, i) => i > start && line.trim() === '');
  return lines.slice(start, end < 0 ? undefined : end).join(' ');
}

/** Markdown's inline marks are dropped: the home page shows text. */
function plain(markdown: string): string {
  return markdown
    .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replace(/[*`]/g, '')
    .replace(/\s+/g, ' ')
    .trim();
}
