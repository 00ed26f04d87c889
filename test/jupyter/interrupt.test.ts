/** Whatever a cell does, an interrupt ends it, and then it is silent. */
import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Executed, KernelClient } from '#src/jupyter/client/kernel-client.js';
import type { Parts } from '#src/jupyter/client/wire.js';
import { within } from '../until.js';

let kernel: KernelClient;
before(async () => {
  kernel = await KernelClient.start();
  await kernel.execute(
    "import { setTimeout as pause } from 'node:timers/promises';\nimport { markdown } from 'put-page';",
  );
  await kernel.execute("async function ticks() { while (true) { console.log('tick'); await pause(5); } }");
});
after(() => kernel.shutdown());

/** Starts a cell that has no end, interrupts it some time after the kernel took it, and gives what became of it. */
async function interrupted(code: string, afterMs = 300): Promise<Executed> {
  const taken = new Promise<void>(resolve => {
    kernel.onRaw = (_channel, parts) => {
      if (Buffer.from(parts[0] ?? []).includes('"execute_input"')) resolve();
    };
  });
  const running = kernel.execute(code, { timeoutMs: 30_000 });
  await within('the kernel takes the cell', taken);
  kernel.onRaw = undefined;
  await sleep(afterMs);
  kernel.interrupt();
  return await running;
}

const nameOf = ({ outputs }: Executed): string | undefined => {
  const last = outputs.at(-1);
  return last?.output_type === 'error' ? last.ename : JSON.stringify(outputs);
};

const loops: readonly (readonly [string, string])[] = [
  ['at once', 'while (true) {}'],
  ['after an await', 'await 0;\nwhile (true) {}'],
  ['after a pause', 'await pause(20);\nfor (;;);'],
  ['in an async function', 'async function spin() { await pause(5); while (true) {} }\nawait spin();'],
  ["in a timer's callback", 'await new Promise(done => setTimeout(() => { while (true) {} done(0); }, 10));'],
  ['in a `then`', 'await Promise.resolve().then(() => { while (true) {} });'],
  ['and catches everything', 'await 0;\ntry { while (true) {} } catch { while (true) {} } finally { while (true) {} }'],
  ['and awaits', 'for (;;) await pause(1);'],
  ['and awaits at once', 'for (;;) await 0;'],
  [
    'in for await',
    'async function* all() { for (;;) { await pause(1); yield 1; } }\nfor await (const z of all()) void z;',
  ],
  ['and never comes back', 'await new Promise(() => {});'],
];

for (const [what, code] of loops) {
  test(`a cell that loops ${what} is interrupted, and the next one runs`, async () => {
    assert.equal(nameOf(await interrupted(code)), 'Interrupted');
    const { status, outputs } = await kernel.execute('1 + 1', { timeoutMs: 10_000 });
    assert.equal(status, 'ok', JSON.stringify(outputs));
    const done = await kernel.request('complete_request', { code: 'paus', cursor_pos: 4 }, { timeoutMs: 10_000 });
    assert.ok((done.content.matches as string[]).includes('pause'));
  });
}

test('an interrupted cell is silent, whatever it still does', async () => {
  for (const code of [
    'await ticks();',
    "while (true) { try { console.log('tick'); await pause(5); } catch {} }",
    "setInterval(() => console.log('tick'), 5);\nawait new Promise(() => {});",
    'await Promise.all([ticks(), ticks()]);',
    "while (true) { markdown('tick'); await pause(5); }",
  ]) {
    let ticked = (): void => {};
    const ticking = new Promise<void>(resolve => {
      ticked = resolve;
    });
    kernel.onRaw = (_channel, parts) => {
      if (Buffer.from(parts[3] ?? []).includes('"tick')) ticked();
    };
    const running = kernel.execute(code, { timeoutMs: 30_000 });
    await within('a tick', ticking);
    kernel.interrupt();
    const first = await running;
    assert.equal(nameOf(first), 'Interrupted');
    const heard: string[] = [];
    kernel.onRaw = (channel: string, parts: Parts) => {
      if (channel === 'iopub') heard.push(Buffer.from(parts[3] ?? []).toString('utf8'));
    };
    const second = await kernel.execute("await pause(300);\nconsole.log('mine');", { timeoutMs: 10_000 });
    await sleep(100);
    kernel.onRaw = undefined;
    assert.equal(second.status, 'ok');
    assert.ok(!heard.some(text => text.includes('"tick') || text.includes('tick\\n')), `${code}: ${heard.join('\n')}`);
    assert.deepEqual(second.outputs, [{ output_type: 'stream', name: 'stdout', text: 'mine\n' }]);
  }
});

test('a cell that was not interrupted may print late', async () => {
  // Printed when the next cell runs, however long that takes to come.
  const wait = 'let here = false, said = false;\n';
  await kernel.execute(
    `${wait}const look = setInterval(() => { if (here) { console.log('late'); said = true; clearInterval(look); } }, 10);`,
  );
  const { outputs } = await kernel.execute('here = true;\nwhile (!said) await pause(10);', { timeoutMs: 60_000 });
  assert.deepEqual(outputs, [{ output_type: 'stream', name: 'stdout', text: 'late\n' }]);
});

test('after an interrupt the variables of a loop are what they were in one of its last rounds', async () => {
  await kernel.execute('let round = 0, half = 0;');
  await interrupted('while (true) {\n  round++;\n  half = round / 2;\n}');
  const [output] = (await kernel.execute('[round > 1e5, half === round / 2]')).outputs;
  assert.deepEqual(output?.output_type === 'execute_result' && output.data['text/plain'], '[ true, true ]');
  await kernel.execute('let called = 0;\nconst f = () => 1;');
  await interrupted('while (true) {\n  called += f();\n}');
  const [count] = (await kernel.execute('called > 1000')).outputs;
  assert.deepEqual(count?.output_type === 'execute_result' && count.data['text/plain'], 'true');
});

test('an interrupt while the kernel compiles, or when nothing runs, does no harm; nor do many', async () => {
  kernel.interrupt();
  await sleep(200);
  assert.equal((await kernel.execute('1', { timeoutMs: 10_000 })).status, 'ok');
  for (const code of ['while (true) {}', 'await new Promise(() => {});']) {
    kernel.onRaw = (_channel, parts) => {
      // The kernel has the cell, and compiles it.
      if (Buffer.from(parts[0] ?? []).includes('"execute_input"')) kernel.interrupt();
    };
    const running = kernel.execute(code, { timeoutMs: 30_000 });
    assert.equal(nameOf(await running), 'Interrupted');
    kernel.onRaw = undefined;
  }
  const running = kernel.execute('await 0;\nwhile (true) {}', { timeoutMs: 30_000 });
  for (let i = 0; i < 20; i++) {
    kernel.interrupt();
    await sleep(15);
  }
  assert.equal(nameOf(await running), 'Interrupted');
  assert.equal((await kernel.execute('2', { timeoutMs: 10_000 })).status, 'ok');
});

test('an endless loop that an interrupted cell left behind is ended too', async () => {
  const code = 'void (async () => { await pause(900); while (true) {} })();\nawait new Promise(() => {});';
  assert.equal(nameOf(await interrupted(code, 300)), 'Interrupted');
  await sleep(900);
  assert.equal((await kernel.execute('3', { timeoutMs: 15_000 })).status, 'ok');
});
