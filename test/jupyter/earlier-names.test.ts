import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import { type Executed, KernelClient } from '#src/jupyter/client/kernel-client.js';

let kernel: KernelClient;
before(async () => {
  kernel = await KernelClient.start();
});
after(() => kernel.shutdown());

const run = (...lines: readonly string[]): Promise<Executed> => kernel.execute(lines.join('\n'), { timeoutMs: 30_000 });

/** The last expression of a cell, which has to be a string of JSON; of a failed cell its traceback. */
async function json(...lines: readonly string[]): Promise<unknown> {
  const { outputs } = await run(...lines.slice(0, -1), `JSON.stringify(${lines.at(-1)})`);
  const [output] = outputs;
  if (output?.output_type !== 'execute_result') assert.fail(JSON.stringify(outputs));
  return JSON.parse(String(output.data['text/plain']).slice(1, -1));
}

/** Declares, in a cell of its own, what the next cells use. */
async function earlier(): Promise<void> {
  const { status, outputs } = await run(
    "import { show } from 'put-page';",
    "import * as os from 'node:os';",
    'const rows = [1];',
    'let count = 2;',
    'function put(): string { return "put"; }',
    'enum Era { A, B }',
    'const page = { rows: [9], count: 7, head: { order: 3 } };',
  );
  assert.equal(status, 'ok', JSON.stringify(outputs));
}

test('a shorthand property names a variable of an earlier cell', async () => {
  await earlier();
  assert.deepEqual(await json('const x = { rows, deep: { count, list: [{ count }] } };', 'x'), {
    rows: [1],
    deep: { count: 2, list: [{ count: 2 }] },
  });
  assert.deepEqual(await json('Object.entries({ rows, count })'), [
    ['rows', [1]],
    ['count', 2],
  ]);
  assert.deepEqual(await json(`[\`count is \${Object.values({ count })}\`]`), ['count is 2']);
  assert.deepEqual(await json('const f = () => ({ count });', 'count = 6;', 'f()'), { count: 6 });
  assert.deepEqual(await json('await Promise.resolve({ count })'), { count: 6 });
});

test('functions, enums and imports of an earlier cell are named as well', async () => {
  await earlier();
  assert.deepEqual(await json('const x = { put, Era };', '[x.put(), x.Era.B]'), ['put', 1]);
  assert.deepEqual(await json('const x = { show, os };', '[typeof x.show, typeof x.os.tmpdir]'), [
    'function',
    'function',
  ]);
});

test('what the cell itself declares stays its own', async () => {
  await earlier();
  assert.deepEqual(await json('function f(rows: number) { return { rows }; }', 'f(5)'), { rows: 5 });
  assert.deepEqual(await json('const out: object[] = [];', '{ const rows = 6; out.push({ rows }); }', 'out'), [
    { rows: 6 },
  ]);
  assert.deepEqual(await json('const { rows } = page;', '({ rows })'), { rows: [9] });
  // From here on the earlier cell's `rows` is the one that was taken out of `page`.
  assert.deepEqual(await json('({ rows })'), { rows: [9] });
});

test('a destructuring assignment writes the variable of the earlier cell', async () => {
  await earlier();
  assert.deepEqual(await json('({ count } = page);', '[count]'), [7]);
  assert.deepEqual(await json('({ count = 4 } = {} as { count?: number });', '[count]'), [4]);
  assert.deepEqual(await json('({ count = rows.length } = {} as { count?: number });', '[count]'), [1]);
  assert.deepEqual(await json('({ rows: [count] } = page);', '[count]'), [9]);
  assert.deepEqual(await json('for ({ count } of [{ count: 8 }]);', '[count]'), [8]);
  assert.deepEqual(await json('[count]'), [8]);
});

test('a property that is taken out under another name is not taken for a variable', async () => {
  await earlier();
  assert.deepEqual(await json('const { rows: own } = page;', 'own'), [9]);
  assert.deepEqual(await json('const { head: { order: o }, ...rest } = page;', '[o, rest]'), [
    3,
    { rows: [9], count: 7 },
  ]);
  assert.deepEqual(
    await json('const out: number[] = [];', 'for (const { count: c = 0 } of [page]) out.push(c);', 'out'),
    [7],
  );
  assert.deepEqual(await json('const f = ({ count: c }: typeof page) => c;', '[f(page)]'), [7]);
  assert.deepEqual(await json('const { none = { rows } } = {} as { none?: unknown };', 'none'), { rows: [1] });
});

test('messages point at the text that the reader wrote', async () => {
  await earlier();
  const thrown = await run('const x = {', '  count,', '  rows, z: (null as never as { q: number }).q };');
  assert.equal(thrown.status, 'error');
  const [error] = thrown.outputs;
  if (error?.output_type !== 'error') assert.fail(JSON.stringify(thrown.outputs));
  assert.deepEqual(error.traceback.slice(1), [
    `  at cell ${thrown.executionCount}, line 3`,
    '    3 |   rows, z: (null as never as { q: number }).q };',
    `${' '.repeat('    3 |   rows, z: (null as never as { q: number }).'.length)}^`,
  ]);
  const checked = await run('const x: { rows: string } = { rows };');
  const [message] = checked.outputs;
  if (message?.output_type !== 'error') assert.fail(JSON.stringify(checked.outputs));
  assert.equal(message.evalue, "1:31 - Type 'number[]' is not assignable to type 'string'.");
});
