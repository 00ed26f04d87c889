/** A long search in a cell: the kernel answers, a line moves, interrupt stops it, nothing of the line is left. */
import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import { KernelClient } from '#src/jupyter/client/kernel-client.js';
import { until } from '../until.js';

const limit = { timeoutMs: 60_000 };
let kernel: KernelClient;
before(async () => {
  kernel = await KernelClient.start();
  await kernel.execute("import { exploreLong, firstSteps } from 'put-page';\nconst { gupref } = firstSteps;", limit);
});
after(() => kernel.shutdown());

test('a search of seconds leaves its verdict, and no progress line', async () => {
  const lines: string[] = [];
  kernel.onRaw = (channel, parts) => {
    const text = Buffer.from(parts.at(-1) ?? []).toString('utf8');
    if (channel === 'iopub' && text.includes('states, ')) lines.push(text);
  };
  const r = await kernel.execute(
    "const v = await exploreLong(gupref({ pages: 5, vcpus: 2 }), { symmetry: 'off' });\nconsole.log(v.verdict, v.states);",
    limit,
  );
  kernel.onRaw = undefined;
  assert.deepEqual(r.outputs, [{ output_type: 'stream', name: 'stdout', text: 'holds 13776588\n' }]);
  assert.ok(lines.length > 0, 'the line was never shown');
});

test('an interrupt after a search, when nothing runs, leaves the kernel alive', async () => {
  await kernel.execute("await exploreLong(gupref({ pages: 3, vcpus: 2 }), { symmetry: 'off' });", limit);
  for (let i = 0; i < 3; i++) kernel.interrupt();
  // The last of them may come so late that it is this cell's.
  await until('a cell runs', async () => (await kernel.execute('1 + 1', limit)).status === 'ok');
});

test('interrupt stops it and says how far it was, and the next cell runs', async () => {
  const moving = new Promise<void>(resolve => {
    kernel.onRaw = (channel, parts) => {
      if (channel === 'iopub' && Buffer.from(parts.at(-1) ?? []).includes('states, ')) resolve();
    };
  });
  const running = kernel.execute("await exploreLong(gupref({ pages: 5, vcpus: 3 }), { symmetry: 'off' });", limit);
  await Promise.race([moving, running]);
  kernel.onRaw = undefined;
  kernel.interrupt();
  const stopped = await running;
  assert.equal(stopped.status, 'error');
  const [error] = stopped.outputs.filter(o => o.output_type === 'error');
  assert.match(error?.evalue ?? '', /interrupted after \d+ states, at depth \d+/);
  const next = await kernel.execute('1 + 1', limit);
  assert.equal(next.status, 'ok');
});
