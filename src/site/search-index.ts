/** What the search looks through: one entry a heading of a notebook, one a word of the glossary. */
import { type Glossary, plain } from '../handouts/index.js';
import { joinLines } from '../jupyter/notebook/nbformat.js';
import { fileOf, headingsOf, numberOf, type Reading } from './reading-page.js';

export interface Entry {
  /** Where it leads. */
  readonly to: string;
  readonly title: string;
  /** `01`, or `word`. */
  readonly of: string;
  readonly text: string;
}

/** The prose of a notebook, cut at its headings; the anchors are those of its page. */
function sectionsOf({ name, notebook }: Reading, html: string): readonly Entry[] {
  const prose = notebook.cells.filter(cell => cell.cell_type === 'markdown').map(cell => joinLines(cell.source));
  const [claim = '', ...sections] = prose.join('\n\n').split(/^## /m);
  const anchors = headingsOf(html).map(heading => heading.anchor);
  const entry = (to: string, section: string): Entry => {
    const [title = '', ...rest] = section.trim().split('\n');
    return { to, title: plain(title.replace(/^# /, '')), of: numberOf(name), text: plain(rest.join(' ')) };
  };
  return [
    entry(fileOf(name), claim),
    ...sections.map((section, i) => entry(`${fileOf(name)}#${anchors[i] ?? ''}`, section)),
  ];
}

/** @param html the pages of the readings, in the same order */
export function searchIndex(
  readings: readonly Reading[],
  html: readonly string[],
  glossary: Glossary,
): readonly Entry[] {
  const words = [...glossary].map(
    ([anchor, { term, says }]): Entry => ({ to: `glossary.html#${anchor}`, title: term, of: 'word', text: says }),
  );
  return [...readings.flatMap((reading, i) => sectionsOf(reading, html[i] ?? '')), ...words];
}
