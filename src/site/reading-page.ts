/** A notebook to read: everything that it says and shows is in the page, and pictures stand for the figures. */
import type { Lesson } from '../desk/lesson.js';
import { cellsOf, escapeHtml, type Glossary, type Handout, type Links, plain } from '../handouts/index.js';
import { joinLines, type Notebook } from '../jupyter/notebook/nbformat.js';
import { revealedIn } from '../workshop/index.js';
import { frame, type SitePage } from './frame.js';

export interface Reading {
  readonly name: string;
  readonly notebook: Notebook;
  readonly lesson: Lesson;
}

export interface Neighbours {
  readonly before?: Reading;
  readonly after?: Reading;
  /** The page on which its models can be walked through. */
  readonly explore: string | undefined;
}

export const fileOf = (name: string): string => `${name}.html`;

/** `01` of `01-zone-device-leak`. */
export const numberOf = (name: string): string => name.slice(0, 2);

/** Its first heading, which is a claim. */
export function claimOf({ notebook, lesson }: Reading): string {
  const heading = notebook.cells.flatMap(cell => /^# (.+)$/m.exec(joinLines(cell.source))?.[1] ?? [])[0];
  return heading === undefined ? lesson.title : plain(heading);
}

/** What the first cell says below its claim. */
export function symptomOf({ notebook }: Reading): string {
  const first = notebook.cells.find(cell => cell.cell_type === 'markdown');
  const paragraphs = first === undefined ? [] : joinLines(first.source).split('\n\n');
  return plain(paragraphs.find(p => !p.startsWith('#')) ?? '');
}

export function linksOnSite(glossary: Glossary): Links {
  return {
    glossary,
    used: new Set(),
    anchors: new Set(),
    notebook: fileOf,
    wordAt: anchor => `glossary.html#${anchor}`,
  };
}

interface Heading {
  readonly anchor: string;
  readonly inner: string;
}

const HEADING = /<h2 id="([^"]+)">(.*?) <a class="here"/g;

export const headingsOf = (html: string): readonly Heading[] =>
  [...html.matchAll(HEADING)].map(([, anchor = '', inner = '']) => ({ anchor, inner }));

function contents(headings: readonly Heading[]): string {
  const items = headings.map(
    ({ anchor, inner }) => `<li><a href="#${anchor}">${inner.replaceAll(/<\/?a\b[^>]*>/g, '')}</a></li>`,
  );
  return `<nav class="contents" aria-label="In this notebook"><details><summary>In this notebook</summary><ol>${items.join('')}</ol></details></nav>`;
}

function pager({ before, after, explore }: Neighbours): string {
  const to = (reading: Reading | undefined, word: string): string =>
    reading === undefined
      ? '<span></span>'
      : `<a href="${fileOf(reading.name)}" rel="${word === 'Next' ? 'next' : 'prev'}"><small>${word}</small>${escapeHtml(claimOf(reading))}</a>`;
  const own =
    explore === undefined
      ? ''
      : `<p class="explore-this">No code: <a href="${explore}">take the steps of this story yourself</a>.</p>`;
  return `<footer class="after">${own}<nav class="pager" aria-label="Notebooks">${to(before, 'Before')}${to(after, 'Next')}</nav></footer>`;
}

const live = (name: string): string =>
  `<div class="live" data-notebook="${name}" hidden><button type="button" class="main">Run this notebook here</button><span>In this page, with nothing installed: edit any cell, run it, place your bets with a click.</span></div>`;

export function readingPage(reading: Reading, glossary: Glossary, neighbours: Neighbours): SitePage {
  const { name, notebook, lesson } = reading;
  const answers = revealedIn(notebook);
  const handout: Handout = { name, notebook, lesson, glossary, solutions: 'none', paper: false, answers };
  const cells = cellsOf(handout, linksOnSite(glossary));
  const sections = notebook.cells.flatMap((cell, i) => {
    // Words first: a figure is drawn when it comes near.
    const html = (cells[i] ?? '').replaceAll('<img ', '<img loading="lazy" decoding="async" ');
    return html === '' ? [] : [`<section class="cell ${cell.cell_type}" data-cell="${cell.id}">\n${html}</section>`];
  });
  const body = `<div class="reading">
${contents(headingsOf(cells.join('\n')))}
<main id="main">
${sections[0] ?? ''}
${live(name)}
${sections.slice(1).join('\n')}
${pager(neighbours)}
</main>
</div>`;
  return frame({
    file: fileOf(name),
    title: `${numberOf(name)} ${claimOf(reading)} – put-page`,
    description: symptomOf(reading),
    body,
    current: 'index.html',
    scripts: ['live.js'],
    live: true,
  });
}
