/** One sheet of paper a notebook: the bets with a box for each answer, the exercises, three questions. No answers. */
import type { Lesson, Prediction } from '../desk/lesson.js';
import { joinLines, type Notebook } from '../jupyter/notebook/nbformat.js';
import { htmlDocument } from './document.js';
import { betsInOrder, boxes, marksOf } from './lesson-cells.js';
import { escapeHtml } from './plain.js';

const STYLE = `
@page { size: A4; margin: 14mm 15mm; }
body { margin: 0 auto; max-width: 50rem; padding: 1rem; color: #1b1b1b; font: 11pt/1.35 system-ui, "Segoe UI", "Noto Sans", sans-serif; }
h1 { font-size: 15pt; margin: 0 0 2mm; } h2 { font-size: 11.5pt; margin: 4.5mm 0 1.5mm; }
table { width: 100%; border-collapse: collapse; } td, th { vertical-align: top; text-align: left; padding: 1.4mm 2.5mm 1.4mm 0; border-bottom: .2mm solid #9aa4ae; }
td.box { font: 9.5pt/1.5 ui-monospace, Menlo, Consolas, "DejaVu Sans Mono", monospace; width: 34%; white-space: pre-wrap; overflow-wrap: anywhere; }
td.model { width: 16%; } td.n { width: 6mm; }
ul { columns: 2; margin: 0; padding: 0; list-style: none; } li { break-inside: avoid; padding: .7mm 0; }
.name { float: right; font-size: 10pt; }
@media print { body { padding: 0; max-width: none; font-size: 9.6pt; } td, th { padding-top: 1mm; padding-bottom: 1mm; } td.box { font-size: 8.4pt; } }
`;

/** Bets with more lines than this need a smaller type to stay on one sheet. */
const MANY = 25;
const DENSE =
  '@media print { body { font-size: 8.6pt; line-height: 1.25; } td, th { padding-top: .5mm; padding-bottom: .5mm; } td.box { font-size: 7.4pt; } }';

/** Where the part for the room ends. */
const READ_ON = /^## Read on\b/m;

/** About how many lines a bet takes: so many letters go into a line of its question, and of its box. */
const linesOf = (bet: Prediction): number =>
  Math.max(Math.ceil(bet.question.length / 45), Math.ceil(boxes(bet).length / 24));

const betRow = (bet: Prediction, i: number): string =>
  `<tr><td class="n">${i + 1}</td><td>${escapeHtml(bet.question)}</td><td class="box">${escapeHtml(boxes(bet))}</td><td class="model"></td></tr>`;

export function worksheet(lesson: Lesson, { cells }: Notebook): string {
  const sources = cells.map(cell => joinLines(cell.source));
  const all = betsInOrder(sources, lesson);
  const end = sources.findIndex(source => READ_ON.test(source));
  const later = new Set(end < 0 ? [] : sources.slice(end).flatMap(source => marksOf(source, lesson).bets));
  const rows = all.map(betRow);
  const first = all.findIndex(bet => later.has(bet));
  const readOn = '<tr><th></th><th colspan="3">after “Read on”, for those who are early</th></tr>';
  const bets = first < 0 ? rows : rows.toSpliced(first, 0, readOn);
  const exercises = lesson.exercises.map(
    (e, i) => `<li>☐ ${i + 1}. ${escapeHtml(e.title)} (${e.minutes} minutes; hints: ___)</li>`,
  );
  const number = lesson.notebook.slice(0, 2);
  const body = `<p class="name">Names: ______________________________</p>
<h1>${number}: ${escapeHtml(lesson.title)}</h1>
<p>Place each bet before its cell is run, and say it aloud. Write down what the model says, and why you were wrong.</p>
<h2>Bets</h2>
<table><tr><th></th><th>question</th><th>your bet</th><th>the model</th></tr>
${bets.join('\n')}</table>
${exercises.length === 0 ? '' : `<h2>Exercises</h2>\n<ul>${exercises.join('\n')}</ul>`}
<h2>At the end</h2>
<p>Which bet did you lose, and what had you overlooked?</p>
<p>Where in your own code is something guessed that was once known?</p>
<p>What would have caught it: a type, an assertion, a test, a second reader?</p>`;
  const lines = all.reduce((n, bet) => n + linesOf(bet), 0);
  const style = lines > MANY ? STYLE + DENSE : STYLE;
  return htmlDocument(`Worksheet ${number}: ${lesson.title}`, style, body);
}
