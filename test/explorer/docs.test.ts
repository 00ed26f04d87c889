/** Every snippet of docs/explorer.md runs, and prints what the page says. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import test from 'node:test';
import { pathToFileURL } from 'node:url';
import { transformSync } from 'esbuild';
import { explore, toJson } from '#src/explorer/index.js';
import { gupref } from '#src/stories/start-here/gupref.js';

const root = path.resolve(import.meta.dirname ?? '', '../../..');
const page = readFileSync(path.join(root, 'docs/explorer.md'), 'utf8');

test('the snippets print what stands below them', async () => {
  const blocks = [...page.matchAll(/^```(ts|text)\n([\s\S]*?)^```$/gm)].map(m => ({ kind: m[1], text: m[2] ?? '' }));
  const code = blocks.map(b => (b.kind === 'ts' ? b.text : "console.log('----');\n")).join('');
  const expected = blocks.filter(b => b.kind === 'text').map(b => b.text.trim());
  assert.ok(expected.length >= 3);
  const library = pathToFileURL(path.join(root, 'dist/index.js')).href;
  const dir = mkdtempSync(path.join(tmpdir(), 'put-page-docs-'));
  const lines: string[] = [];
  const { log } = console;
  try {
    const file = path.join(dir, 'page.mjs');
    writeFileSync(
      file,
      transformSync(code, { loader: 'ts' }).code.replace(/(['"])put-page\1/g, JSON.stringify(library)),
    );
    console.log = (...words: unknown[]) => lines.push(words.map(String).join(' '));
    await import(pathToFileURL(file).href);
  } finally {
    console.log = log;
    rmSync(dir, { recursive: true });
  }
  const printed = lines.join('\n').split('----').slice(0, -1);
  assert.deepEqual(
    printed.map(p => p.trim()),
    expected,
  );
});

test('every field of the JSON is in the table', () => {
  const table = page.slice(page.indexOf('## The verdict'), page.indexOf('## Why it compiles'));
  const verdicts = [
    explore(gupref()),
    explore(gupref({ bug: 1 }), { shortest: true }),
    explore(gupref({ bug: 7, vcpus: 1 }), { property: 'progress', fairness: 'none' }),
  ];
  for (const v of verdicts)
    for (const field of Object.keys(toJson(v, { release: '5.3' })))
      assert.match(table, new RegExp(`^\\|[^|]*\`${field}[\`:]`, 'm'), field);
});
