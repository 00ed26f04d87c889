/** Notebooks keep to their budget before "Read on", and the minutes that they promise follow from it. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import {
  BUDGET,
  type BudgetCell,
  codeLines,
  minutesFor,
  PACE,
  type Reading,
  readingOf,
  wordsOf,
} from '#src/desk/budget.js';
import { joinLines, type Lines } from '#src/jupyter/notebook/nbformat.js';
import { parseNotebook } from '#src/jupyter/notebook/validate.js';
import { projectRoot } from '#src/jupyter/project-root.js';
import { lessons } from '#src/stories/index.js';

const folder = path.join(projectRoot, 'notebooks');

/** Half of it is enough to begin with. */
const START_HERE = { ...BUDGET, words: 650, minutes: 25 } as const;

/** Not within the budget yet: they are measured, and what is too much is said. An entry that keeps to it now comes off the list. */
const over: readonly string[] = [];

function cellsOf(notebook: string): BudgetCell[] {
  const file = path.join(folder, `${notebook}.ipynb`);
  return parseNotebook(readFileSync(file, 'utf8'), file).cells.map(cell => ({
    id: cell.id,
    type: cell.cell_type,
    source: joinLines(cell.source),
    outputs: (cell.outputs ?? []).map(output => {
      const data = (output.data ?? {}) as Readonly<Record<string, unknown>>;
      const text = data['text/markdown'];
      const mimes = Object.keys(data);
      return text === undefined ? { mimes } : { mimes, markdown: joinLines(text as Lines) };
    }),
  }));
}

/** What a notebook asks for beyond its budget, a sentence each. */
function tooMuch(notebook: string, cells: readonly BudgetCell[]): string[] {
  const lesson = lessons.find(l => l.notebook === notebook);
  assert.ok(lesson !== undefined, notebook);
  const most = notebook.startsWith('00') ? START_HERE : BUDGET;
  const reading: Reading = readingOf(cells);
  const known = new Map(lesson.exercises.map(e => [e.id, e.minutes]));
  const exerciseMinutes = reading.exercises.reduce((n, id) => n + (known.get(id) ?? 0), 0);
  const minutes = minutesFor(reading, exerciseMinutes);
  const promised = /\*\*(\d+) minutes\*\*/.exec(cells[0]?.source ?? '')?.[1];
  const counted: readonly (readonly [string, number, number])[] = [
    ['words', reading.words, most.words],
    ['bets', reading.bets.length, most.bets],
    ['exercises', reading.exercises.length, most.exercises],
    ['minutes of exercises', exerciseMinutes, most.exerciseMinutes],
    ['minutes', minutes, most.minutes],
  ];
  return [
    ...counted.filter(([, n, limit]) => n > limit).map(([what, n, limit]) => `${n} ${what}, at most ${limit}`),
    ...cells
      .filter(cell => cell.type === 'code' && codeLines(cell.source) > most.cellLines)
      .map(cell => `the cell ${cell.id} has ${codeLines(cell.source)} lines, at most ${most.cellLines}`),
    ...(promised === String(minutes) ? [] : [`it promises ${promised} minutes, and takes ${minutes}`]),
    ...(lesson.minutes === minutes ? [] : [`its lesson says ${lesson.minutes} minutes, and it takes ${minutes}`]),
  ];
}

for (const notebook of readdirSync(folder)
  .filter(f => f.endsWith('.ipynb'))
  .map(f => f.replace('.ipynb', ''))
  .sort())
  test(`${notebook} keeps to its budget`, t => {
    const told = (() => {
      try {
        return tooMuch(notebook, cellsOf(notebook));
      } catch (error) {
        if (over.includes(notebook) && error instanceof RangeError) return [error.message];
        throw error;
      }
    })();
    if (over.includes(notebook)) for (const what of told) t.diagnostic(`known: ${what}`);
    else assert.deepEqual(told, []);
  });

test('the formula counts words, bets, figures, tables and exercises', () => {
  const cells: BudgetCell[] = [
    { id: 'a', type: 'markdown', source: '# A claim\n\n| [two](x#y) words |\n|---|\n', outputs: [] },
    {
      id: 'b',
      type: 'code',
      source: "predict('x-1');",
      outputs: [{ mimes: ['text/markdown'], markdown: '**Which?**' }],
    },
    {
      id: 'c',
      type: 'code',
      source: 'show(run.score());',
      outputs: [
        { mimes: ['application/vnd.plotly.v1+json'] },
        { mimes: ['text/markdown'], markdown: '| a |\n|---|\n' },
      ],
    },
    { id: 'd', type: 'code', source: "check('x-2', 1);", outputs: [{ mimes: ['application/vnd.plotly.v1+json'] }] },
    { id: 'read-on', type: 'markdown', source: '## Read on', outputs: [] },
    { id: 'e', type: 'code', source: "predict('x-3');", outputs: [] },
  ];
  const reading = readingOf(cells);
  assert.deepEqual(reading, { words: 4, bets: ['x-1'], exercises: ['x-2'], figures: 1, tables: 1 });
  assert.equal(minutesFor(reading, 1), 5);
  assert.equal(minutesFor({ ...reading, words: PACE.wordsPerMinute }, 1), 10);
  assert.throws(() => readingOf(cells.slice(0, 3)), /no cell with id=read-on/);
  assert.equal(wordsOf('*Held* means – a plain reference.'), 5);
  assert.equal(codeLines("import {\n a,\n b,\n} from 'put-page';\n\nshow(a);\n"), 2);
});
