/** The README's table has every notebook, by its claim and its minutes. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { projectRoot } from '#src/jupyter/project-root.js';

const readme = readFileSync(path.join(projectRoot, 'README.md'), 'utf8');
const folder = path.join(projectRoot, 'notebooks');

for (const file of readdirSync(folder).filter(f => f.endsWith('.ts')))
  test(`README: ${file}`, () => {
    const source = readFileSync(path.join(folder, file), 'utf8');
    const claim = /^\/\/ # (.+)$/m.exec(source)?.[1] ?? 'no claim';
    const minutes = /\*\*(\d+) minutes\*\*/.exec(source)?.[1] ?? 'no minutes';
    const row = readme.split('\n').find(l => l.includes(`notebooks/${file.replace('.ts', '.ipynb')}`));
    assert.ok(row !== undefined, 'there is no row');
    assert.deepEqual([row.includes(claim), row.includes(`| ${minutes} |`)], [true, true], row);
  });
