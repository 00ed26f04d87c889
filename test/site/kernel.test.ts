/** The site's kernel leaves what tslab's left: the committed outputs, cell by cell. `SITE_ALL=1` runs every notebook, which takes a minute. */
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import path from 'node:path';
import test from 'node:test';
import type * as TS from '@tslab/typescript-for-tslab';
import { commsSymbol } from '#src/jupyter/comms/host.js';
import { projectRoot } from '#src/jupyter/project-root.js';
import { inspected } from '#src/site/inspect.js';
import { type CellOutput, type Front, SiteKernel } from '#src/site/kernel.js';
import { CELL_MODULES } from '#src/site/library.js';
import { lessons } from '#src/stories/index.js';
import { asSeen, notebookCells } from './outputs.js';

const ts: typeof TS = createRequire(import.meta.url)('@tslab/typescript-for-tslab');

/** The others take longer, and what they import is the same. */
const SHORT = ['00-start-here', '05-bad-page-state-splat'];
const names = lessons
  .map(lesson => lesson.notebook)
  .filter(name => process.env.SITE_ALL === '1' || SHORT.includes(name));

const kernelOf = async (front?: Front): Promise<SiteKernel> => {
  const modules = Object.entries(CELL_MODULES).map(
    async ([name, file]) => [name, await import(path.join(projectRoot, 'dist', file))] as const,
  );
  return new SiteKernel(ts, Object.fromEntries(await Promise.all(modules)), front);
};

const ran = async (kernel: SiteKernel, source: string): Promise<readonly CellOutput[]> => {
  const outputs: CellOutput[] = [];
  await kernel.run(source, output => void outputs.push(output));
  return outputs;
};

for (const name of names)
  test(`${name}: the same outputs as under tslab`, async () => {
    const kernel = await kernelOf();
    let cells = 0;
    for (const { id, source, outputs } of notebookCells(name)) {
      assert.deepEqual(asSeen(await ran(kernel, source)), asSeen(outputs), `${name}: ${id}`);
      cells++;
    }
    assert.ok(cells > 15);
  });

test('a variable is the same for every cell; an error is told and nothing of the cell’s end is run', async () => {
  const kernel = await kernelOf();
  const text = async (source: string): Promise<unknown> => asSeen(await ran(kernel, source));
  await ran(kernel, 'let n = 1; const more = () => ++n; class A { x = n }');
  assert.deepEqual(await text('more(); n'), [{ 'text/plain': '2' }]);
  await ran(kernel, 'const n = 10;');
  assert.deepEqual(await text('more()'), [{ 'text/plain': '11' }]);
  assert.deepEqual(await text('const later = await Promise.resolve(5); later + n'), [{ 'text/plain': '16' }]);
  assert.deepEqual(await text("console.log('a', { b: [1] }); nothing(); console.log('b')"), [
    { name: 'stdout', text: 'a { b: [ 1 ] }\n' },
    { ename: 'ReferenceError', evalue: 'nothing is not defined' },
  ]);
  assert.match(JSON.stringify(await text('let = ;')), /SyntaxError/);
  assert.match(JSON.stringify(await text("import fs from 'node:fs';\nfs")), /there is no module 'node:fs' here/);
});

test('a control speaks to its cell, and what the cell shows changes; it is closed when the cell runs again', async () => {
  const { console } = globalThis;
  const comms: { type: string; content: { comm_id?: unknown; data?: unknown } }[] = [];
  const updates: string[] = [];
  try {
    const kernel = await kernelOf({
      update: (_, data) => void updates.push(String(data['text/plain'])),
      comm: (type, content) => void comms.push({ type, content }),
      later: async work => work(),
    });
    const outputs: CellOutput[] = [];
    const source = `import { interact } from 'put-page';
interact({ a: [1, 2], b: [true, false] }, p => { if (p.a === 2) console.log('two'); return 'a is ' + p.a; });`;
    const run = () => kernel.run(source, output => void outputs.push(output), 'one');
    assert.ok(await run());
    assert.equal(outputs.length, 3);
    assert.match(JSON.stringify(outputs[0]), /widget-view/);
    assert.match(JSON.stringify(outputs[2]), /a is 1/);
    const opened = comms.filter(one => one.type === 'comm_open');
    const id = opened.find(one => /"description":"a"/.test(JSON.stringify(one)))?.content.comm_id;
    const moved = { type: 'comm_msg', metadata: {}, buffers: [] };
    // What the control makes its cell print is that cell's, though another has run since.
    await kernel.run('1', () => {}, 'two');
    await kernel.take({ ...moved, content: { comm_id: id, data: { method: 'update', state: { index: 1 } } } });
    assert.match(updates.at(-1) ?? '', /a is 2/);
    assert.deepEqual(outputs.at(-1), { output_type: 'stream', name: 'stdout', text: 'two\n' });
    assert.ok(!comms.some(one => one.type === 'comm_close'));
    assert.ok(await run());
    assert.equal(comms.filter(one => one.type === 'comm_close').length, opened.length);
  } finally {
    globalThis.console = console;
    delete (globalThis as Record<symbol, unknown>)[commsSymbol];
  }
});

test('values are printed as Node prints them', async () => {
  const { inspect } = await import('node:util');
  const deep = { a: { b: { c: { d: 1 } } } };
  for (const value of [
    1,
    -0,
    10n,
    'it’s',
    "it's",
    null,
    undefined,
    true,
    [],
    {},
    [1, 'a', null],
    { a: 1, 'b-c': 'x' },
    deep,
    [[['x', ['y', ['z']]]]],
    new Map([['a', 1]]),
    new Set([1, 2]),
    Array.from({ length: 12 }, (_, i) => i),
    Array.from({ length: 30 }, (_, i) => i * 7),
    ['a', 'bb', 'ccc', 'dddd', 'eeeee', 'ffffff', 'ggggggg', 'hh'],
    { list: Array.from({ length: 30 }, (_, i) => `step ${i}`) },
    Array.from({ length: 3 }, () => ({ process: 'vcpu[0]', step: 'kvm_release_pfn_clean' })),
  ])
    assert.equal(inspected(value), inspect(value));
});
