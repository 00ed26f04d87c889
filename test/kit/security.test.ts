import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { projectRoot } from '#src/jupyter/project-root.js';

/** The rows of the tables in a markdown file, as cells; heads and rulers are left out. */
function rowsOf(markdown: string): string[][] {
  const lines = markdown.split('\n').filter(line => line.startsWith('|'));
  const rows = lines.map(line =>
    line
      .slice(1, -1)
      .split('|')
      .map(cell => cell.trim()),
  );
  return rows.filter((row, i) => !isRuler(row) && !isRuler(rows[i + 1] ?? []));
}

const isRuler = (row: readonly string[]): boolean => row.length > 0 && row.every(cell => /^-+$/.test(cell));

/** A test file's text with its quotes as they are read. */
function textOf(file: string): string {
  return readFileSync(path.join(projectRoot, 'test', `${file}.test.ts`), 'utf8').replaceAll("\\'", "'");
}

test('each attack of docs/security.md has its test', () => {
  const rows = rowsOf(readFileSync(path.join(projectRoot, 'docs', 'security.md'), 'utf8'));
  assert.ok(rows.length >= 20, `only ${rows.length} attacks`);
  for (const row of rows) {
    const [, file, name] = /^([\w/-]+): “(.+)”$/.exec(row[3] ?? '') ?? [];
    assert.ok(file !== undefined && name !== undefined, `this row names no test: ${row.join(' | ')}`);
    assert.ok(textOf(file).includes(name), `${file} has no test “${name}”`);
  }
});
