import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import test, { afterEach, mock } from 'node:test';
import { KernelClient } from '#src/jupyter/client/kernel-client.js';
import { bundleOf, displaySymbol, type MimeBundle, markdown, show, showTable } from '#src/jupyter/display.js';
import { progressFile } from '#src/jupyter/kernel/progress-file.js';
import type { Figure } from '#src/views/figure.js';

const figure: Figure = {
  plotly: { data: [{ type: 'bar', y: [1] }], layout: {} },
  svg: '<svg/>',
  text: 'One page, one holder.',
  table: {
    columns: ['holder', 'count'],
    rows: [
      ['gup', 1],
      ['a|b', null],
    ],
  },
};

afterEach(() => {
  mock.restoreAll();
  Reflect.deleteProperty(globalThis, displaySymbol);
});

function captured(action: () => void): MimeBundle[] {
  const bundles: MimeBundle[] = [];
  Object.assign(globalThis, { [displaySymbol]: (bundle: MimeBundle) => bundles.push(bundle) });
  action();
  return bundles;
}

test('a figure is one output with all its forms', () => {
  assert.deepEqual(
    captured(() => show(figure)),
    [
      {
        'application/vnd.plotly.v1+json': {
          ...figure.plotly,
          table: {
            columns: ['holder', 'count'],
            rows: [
              ['gup', '1'],
              ['a|b', ''],
            ],
          },
        },
        'image/svg+xml': '<svg/>',
        'text/plain': figure.text,
      },
    ],
  );
  assert.deepEqual(bundleOf(figure), captured(() => show(figure))[0]);
});

test('a table is markdown and aligned text; a figure has one behind it', () => {
  const wanted = {
    'text/markdown': '| holder | count |\n|---|---|\n| gup | 1 |\n| a\\|b |  |',
    'text/plain': 'holder  count\n------  -----\ngup         1\na|b',
  };
  assert.deepEqual(
    captured(() => showTable(figure)),
    [wanted],
  );
  assert.deepEqual(
    captured(() => showTable(figure.table)),
    [wanted],
  );
});

test('without a host, show prints the sentence and the table', () => {
  const log = mock.method(console, 'log', () => {});
  show(figure);
  markdown('# x');
  assert.deepEqual(
    log.mock.calls.map(call => call.arguments),
    [['One page, one holder.\nholder  count\n------  -----\ngup         1\na|b'], ['# x']],
  );
});

test('show takes a table and a note, too', () => {
  const log = mock.method(console, 'log', () => {});
  show(figure.table);
  show({ markdown: '**put**', text: 'put' });
  assert.deepEqual(
    log.mock.calls.map(call => call.arguments),
    [['holder  count\n------  -----\ngup         1\na|b'], ['put']],
  );
  assert.deepEqual(bundleOf({ markdown: '**put**', text: 'put' }), { 'text/markdown': '**put**', 'text/plain': 'put' });
});

test('what is no figure is refused with what was expected', () => {
  assert.throws(
    () => show(5 as never),
    /show\(…\) needs a figure, a table \{ columns, rows \} or the source of a step, but was given/,
  );
  assert.throws(() => showTable(null as never), /needs \{ columns, rows \} or a figure, but was given null/);
  assert.equal(bundleOf({ columns: 1 }), undefined);
});

test('progress in a file: kept there, and in memory with one warning where that fails', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'put-page-progress-'));
  const warnings: string[] = [];
  const warn = (text: string): void => void warnings.push(text);
  const store = progressFile(path.join(folder, 'new'), warn);
  assert.equal(store.load(), undefined);
  store.save('{}');
  assert.equal(readFileSync(path.join(folder, 'new', 'progress.json'), 'utf8'), '{}');
  assert.equal(progressFile(path.join(folder, 'new'), warn).load(), '{}');
  assert.deepEqual(warnings, []);
  writeFileSync(path.join(folder, 'file'), '');
  const blocked = progressFile(path.join(folder, 'file'), warn);
  blocked.save('{"a":1}');
  blocked.save('{"a":2}');
  assert.equal(blocked.load(), '{"a":2}');
  assert.equal(warnings.length, 1);
  assert.match(warnings[0] ?? '', /kept in memory only: E/);
  rmSync(folder, { recursive: true, force: true });
});

test('a kernel keeps progress in the folder that its environment names', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'put-page-progress-'));
  const kernel = await KernelClient.start({ env: { PUT_PAGE_PROGRESS: folder } });
  const store = "(globalThis as unknown as Record<symbol, { save(t: string): void }>)[Symbol.for('put-page.progress')]";
  const { status } = await kernel.execute(`${store}.save('{"version":1}');`, { timeoutMs: 30_000 });
  await kernel.shutdown();
  assert.equal(status, 'ok');
  assert.equal(readFileSync(path.join(folder, 'progress.json'), 'utf8'), '{"version":1}');
  rmSync(folder, { recursive: true, force: true });
});
