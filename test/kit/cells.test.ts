/** The budgets of cells: short code, short prose, a claim first. They hold for whatever notebooks there are. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { firstDifference } from '#src/jupyter/execute/difference.js';
import type { Cell } from '#src/jupyter/notebook/document.js';
import { joinLines } from '#src/jupyter/notebook/nbformat.js';
import { parsePercent, printPercent } from '#src/jupyter/notebook/percent.js';
import { parseNotebook } from '#src/jupyter/notebook/validate.js';
import { projectRoot } from '#src/jupyter/project-root.js';

const codeLinesMax = 12;
const proseWordsMax = 70;

/**
 * Cells above a budget that are allowed to be, as `notebook:heading or first line`. An entry that no longer offends
 * fails: the list may only shrink.
 */
const exempt: readonly string[] = [];

const folder = path.join(projectRoot, 'notebooks');

/** Code only: the list of names of an import is looked at, not read. */
const codeLines = (source: string): number =>
  source
    .replaceAll(/^import \{[^}]*\} from/gm, 'import from')
    .split('\n')
    .filter(line => line.trim() !== '').length;

/** Prose only: a table, a fence or a heading is looked at, not read. */
function proseWords(source: string): number {
  const text = source
    .replaceAll(/^```[\s\S]*?^```/gm, '')
    .split('\n')
    .filter(line => !/^\s*(\||#)/.test(line))
    .join(' ')
    .replaceAll(/\]\([^)]*\)/g, ']');
  return text.split(/\s+/).filter(word => /[\p{L}\p{N}]/u.test(word)).length;
}

interface Offence {
  readonly key: string;
  readonly what: string;
}

function offence(file: string, cell: Cell): Offence | undefined {
  const key = `${file}:${cell.source.split('\n')[0]}`;
  const at = `notebooks/${file}:${cell.line}`;
  if (cell.type === 'code') {
    const lines = codeLines(cell.source);
    return lines > codeLinesMax ? { key, what: `${at}: ${lines} lines of code, at most ${codeLinesMax}` } : undefined;
  }
  const words = proseWords(cell.source);
  return words > proseWordsMax ? { key, what: `${at}: ${words} words of prose, at most ${proseWordsMax}` } : undefined;
}

function problemsOf(file: string, cells: readonly Cell[]): string[] {
  const problems: string[] = [];
  const [first] = cells;
  const heading = /^# (.+)$/m.exec(first?.source ?? '')?.[1] ?? '';
  if (first?.type !== 'markdown' || !first.source.startsWith('# ') || heading.split(' ').length < 3) {
    problems.push(`notebooks/${file}:${first?.line ?? 1}: the first cell is markdown and starts with '# ' and a claim`);
  }
  if (!/\bmin(utes)?\b/.test(first?.source ?? '')) {
    problems.push(`notebooks/${file}:${first?.line ?? 1}: the first cell says the minutes`);
  }
  const code = cells.find(cell => cell.type === 'code');
  if (code !== undefined && !/^import /.test(code.source)) {
    problems.push(`notebooks/${file}:${code.line}: the first code cell is the import`);
  }
  const headings = cells.filter(cell => cell.type === 'markdown' && /^# /m.test(cell.source));
  if (headings.length > 1) problems.push(`notebooks/${file}: one heading with a single #, found ${headings.length}`);
  return problems;
}

interface Source {
  readonly file: string;
  readonly text: string;
  readonly cells: readonly Cell[];
}

function notebooks(): Source[] {
  const files = readdirSync(folder).filter(file => file.endsWith('.ts'));
  return files.sort().map(file => {
    const text = readFileSync(path.join(folder, file), 'utf8');
    return { file, text, cells: parsePercent(text, file).cells };
  });
}

/** A placeholder: nothing but `export {}`. */
const isWritten = ({ cells }: Source): boolean => cells.some(cell => cell.type === 'markdown');

test('there are notebooks, and each is in the form that the kit writes', () => {
  const all = notebooks();
  assert.ok(all.length > 0, `no *.ts in ${folder}`);
  for (const { file, text, cells } of all) {
    const difference = firstDifference(text, printPercent({ cells }));
    assert.equal(difference, undefined, `notebooks/${file}: one blank line before each '// %%':\n${difference}`);
  }
});

test('code and prose keep to their budgets', () => {
  const offences = notebooks().flatMap(({ file, cells }) => cells.flatMap(cell => offence(file, cell) ?? []));
  const told = offences.filter(({ key }) => !exempt.includes(key)).map(({ what }) => what);
  assert.deepEqual(told, []);
  const stale = exempt.filter(entry => !offences.some(({ key }) => key === entry));
  assert.deepEqual(stale, [], 'these cells keep to the budget now: take them off the list');
});

test('a notebook starts with its claim, its minutes, and one import', () => {
  assert.deepEqual(
    notebooks()
      .filter(isWritten)
      .flatMap(({ file, cells }) => problemsOf(file, cells)),
    [],
  );
});

test('a committed .ipynb has the cells of its source', () => {
  for (const { file, cells } of notebooks()) {
    const ipynb = path.join(folder, file.replace(/\.ts$/, '.ipynb'));
    if (!existsSync(ipynb)) continue;
    const committed = parseNotebook(readFileSync(ipynb, 'utf8'), ipynb);
    assert.deepEqual(
      committed.cells.map(cell => [cell.cell_type, joinLines(cell.source)]),
      cells.map(cell => [cell.type, cell.source]),
      `${file}: npx put-page execute ${file.replace(/\.ts$/, '')}`,
    );
  }
});

test('the budgets can be broken', () => {
  const long = Array.from({ length: 13 }, (_, i) => `f(${i});`).join('\n');
  assert.match(
    offence('x.ts', { type: 'code', source: long, tags: [], line: 2 })?.what ?? '',
    /x\.ts:2: 13 lines of code/,
  );
  assert.equal(offence('x.ts', { type: 'code', source: long.replace('f(0);', ''), tags: [] }), undefined);
  const prose = `# A heading\n\n${'word '.repeat(71)}\n\n| a | b |\n`;
  assert.match(offence('x.ts', { type: 'markdown', source: prose, tags: [] })?.what ?? '', /71 words of prose/);
  const bad = parsePercent('// %% [markdown]\n// # Leak\n\n// %%\nlet a = 1;\n\n// %% [markdown]\n// # Two\n').cells;
  assert.equal(problemsOf('x.ts', bad).length, 4);
  const good = parsePercent(
    "// %% [markdown]\n// # Nobody puts the page\n//\n// 45 minutes.\n\n// %%\nimport 'x';\n",
  ).cells;
  assert.deepEqual(problemsOf('x.ts', good), []);
});
