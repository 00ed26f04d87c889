/** A notebook as one page: to read on a screen, and to print. */
import { writtenBy } from '../desk/code-of.js';
import type { Exercise, Lesson, Prediction } from '../desk/lesson.js';
import { joinLines, type Notebook, type NotebookCell } from '../jupyter/notebook/nbformat.js';
import { codeBlock } from './code.js';
import { htmlDocument } from './document.js';
import type { Glossary } from './glossary.js';
import { betsInOrder, boxes, marksOf } from './lesson-cells.js';
import { type Links, renderMarkdown } from './markdown.js';
import { formOf, renderOutput, type StoredOutput } from './output.js';
import { escapeHtml } from './plain.js';
import { STYLE } from './style.js';

export type Solutions = 'none' | 'end' | 'inline';

export interface Handout {
  /** File name without its ending. */
  readonly name: string;
  readonly notebook: Notebook;
  /** What its author declared; a reader's own notebook has none. */
  readonly lesson: Lesson | undefined;
  readonly glossary: Glossary;
  readonly solutions: Solutions;
  /** For paper: nothing is folded, and no link leads to a file. */
  readonly paper: boolean;
  /** What the model says: question to answer. */
  readonly answers: ReadonlyMap<string, string>;
}

/** An output longer than this may be cut by a page's end. */
const LONG_TEXT = 40;

export function titleOf({ notebook, lesson, name }: Handout): string {
  const heading = /^# (.+)$/m.exec(notebook.cells.map(cell => joinLines(cell.source)).join('\n'))?.[1];
  return lesson?.title ?? heading ?? name;
}

export function handoutPage(handout: Handout): string {
  const links = linksOf(handout);
  const cells = cellsOf(handout, links);
  const end = handout.solutions === 'end' ? answerSheet(handout, links) : '';
  const made = `<p class="made">${escapeHtml(handout.name)}, made by put-page export. Live: <code>npx put-page start</code></p>`;
  return htmlDocument(titleOf(handout), STYLE, [...cells, end, wordList(links), made].filter(Boolean).join('\n'));
}

/** Each cell as HTML, in order; '' for one that shows nothing. */
export const cellsOf = (handout: Handout, links: Links): readonly string[] =>
  handout.notebook.cells.map(cell => renderCell(cell, handout, links));

export function linksOf({ glossary, paper }: Handout): Links {
  return { glossary, used: new Set(), notebook: name => (paper ? undefined : `${name}.html`) };
}

function renderCell(cell: NotebookCell, handout: Handout, links: Links): string {
  const source = joinLines(cell.source);
  if (cell.cell_type === 'raw' || source.trim() === '') return '';
  if (cell.cell_type === 'markdown') return renderMarkdown(source, links);
  const { bets, revealed, exercises } = marksOf(source, handout.lesson);
  const code = codeBlock(source).replace('<pre class="', '<pre class="leads ');
  const parts = bets.length > 0 ? bets.map(betBox) : [code];
  for (const exercise of exercises) parts.push(exerciseBox(exercise));
  const open = exercises.some(exercise => exercise.kind !== 'worked');
  const results = (cell.outputs ?? [])
    .filter(output => !isDesk(output, bets.length > 0, open))
    .map(output => longPre(renderOutput(output, links)));
  parts.push(folded(results.join('\n'), revealed.length > 0 && !handout.paper));
  if (handout.solutions === 'inline')
    parts.push(...revealed.map(one => answerBox(one, handout, links)), ...exercises.map(solutionBox));
  return parts.filter(Boolean).join('\n');
}

/** What the desk said to somebody who has not begun: bets and answers are set anew. */
function isDesk(output: StoredOutput, bet: boolean, exercise: boolean): boolean {
  const text = formOf(output, 'text/markdown');
  if (text === undefined || formOf(output, 'image/svg+xml') !== undefined) return false;
  return bet || exercise || (/^<details>/.test(text) && /\| question \| your bet \| the model \|/.test(text));
}

function folded(html: string, fold: boolean): string {
  return fold && html !== ''
    ? `<details class="folded"><summary>Bet first. Then open what the run shows.</summary>\n${html}\n</details>`
    : html;
}

const longPre = (html: string): string =>
  html.startsWith('<pre class="text') && html.split('\n').length > LONG_TEXT
    ? html.replace('<pre class="text', '<pre class="long text')
    : html;

function betBox(bet: Prediction): string {
  return `<div class="bet"><p><b>Your bet.</b> ${escapeHtml(bet.question)}</p><p class="boxes">${escapeHtml(boxes(bet))}</p></div>`;
}

function exerciseBox({ title, minutes, kind }: Exercise): string {
  const how = { worked: 'worked: run it, then break it', faded: 'fill the gap', own: 'yours' }[kind];
  return `<div class="exercise"><p><b>${escapeHtml(title)}</b> (${how}, ${minutes} minutes)</p></div>`;
}

/** What the model says to a bet, by the outputs of the notebook. */
export const answerOf = (bet: Prediction, { answers }: Handout): string | undefined =>
  answers.get(bet.question.replaceAll('|', '\\|'));

function answerBox(bet: Prediction, handout: Handout, links: Links): string {
  const answer = answerOf(bet, handout);
  const said = answer === undefined ? '<i>open: the model was not asked</i>' : `<b>${escapeHtml(answer)}</b>`;
  return `<div class="answer"><p>${escapeHtml(bet.question)} ${said}</p>${renderMarkdown(bet.lesson ?? '', links)}</div>`;
}

function solutionBox(exercise: Exercise): string {
  const { id, title, solution } = exercise;
  return `<div class="answer"><p><b>${escapeHtml(title)}</b> (<code>${escapeHtml(id)}</code>), one answer of several:</p>${codeBlock(writtenBy(exercise, solution))}</div>`;
}

function answerSheet(handout: Handout, links: Links): string {
  const { lesson, notebook } = handout;
  if (lesson === undefined) return '';
  const sources = notebook.cells.map(cell => joinLines(cell.source));
  const bets = betsInOrder(sources, lesson).map(bet => answerBox(bet, handout, links));
  const exercises = lesson.exercises.map(solutionBox);
  return `<section class="sheet"><h2>Answers</h2>\n${[...bets, ...exercises].join('\n')}</section>`;
}

/** The words that were linked, in the order of the alphabet: on paper nobody can point at one. */
function wordList(links: Links): string {
  const before = [...links.used].sort();
  const entries = before.flatMap(anchor => {
    const word = links.glossary.get(anchor);
    return word === undefined
      ? []
      : [
          `<dt id="word-${anchor}">${escapeHtml(word.term)}</dt><dd>${renderMarkdown(word.entry, { ...links, used: new Set() })}</dd>`,
        ];
  });
  return entries.length === 0 ? '' : `<h2>Words</h2>\n<dl class="words">\n${entries.join('\n')}\n</dl>`;
}
