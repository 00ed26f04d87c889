/** docs/application.md: what it says of the application was tried, and its pictures are there. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { root } from './serve.js';

const docs = path.join(root, 'docs');
const page = readFileSync(path.join(docs, 'application.md'), 'utf8');
const rows = page
  .split('| what a reader wants |')[1]
  ?.split('\n')
  .filter(line => line.startsWith('| ') && !line.startsWith('|---'))
  .map(line => line.split(' | ').map(cell => cell.replace(/^\| | \|$/g, '')));

test('each row names the tests that tried it, or says that it was tried by hand', () => {
  assert.ok(rows !== undefined && rows.length > 30);
  const wrong = rows.filter(
    cells => cells.length !== 4 || (cells[3] !== 'by hand' && !(cells[3] ?? '').split(/; (?=`)/).every(exists)),
  );
  assert.deepEqual(wrong, []);
});

/** Whether there is the test that is named as in "`browser-way` find goes through": the file, and how the title begins. */
function exists(name: string): boolean {
  const [, file, title] = /^`([\w-]+)` (.+)$/.exec(name) ?? [];
  if (file === undefined || title === undefined) return false;
  const source = path.join(root, 'test', 'app', `${file}.test.ts`);
  return existsSync(source) && new RegExp(`test\\(\\s*['\`]${literal(title)}`).test(readFileSync(source, 'utf8'));
}

function literal(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

test('its pictures are there, and small', () => {
  const shown = [...page.matchAll(/\]\((application\/[\w-]+\.webp)\)/g)].map(([, file = '']) => file);
  assert.ok(shown.length >= 5);
  for (const file of shown) assert.ok(existsSync(path.join(docs, file)), file);
  const sizes = readdirSync(path.join(docs, 'application')).map(
    file => statSync(path.join(docs, 'application', file)).size,
  );
  assert.ok(sizes.reduce((sum, size) => sum + size, 0) < 1.5e6);
});
