/** Interrupt ends a loop inside a step, wherever the step runs, in under two seconds; the error says in which step it was. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { KernelClient } from '#src/jupyter/client/kernel-client.js';
import { projectRoot } from '#src/jupyter/project-root.js';

const library = path.join(projectRoot, 'dist/index.js');

/** A model whose second process does not come out of its step `spin`, once it is there. */
const MODEL = `
const endless = defineModel('endless', { sorts: { vcpu: 2 }, state: { it: { n: int(0, 3) } } }).process(
  'vcpu', { per: 'vcpu' }, { count(s) { s.it.n = 1; }, spin(s) { for (let i = 1; s.it.n > 0 && i > 0; ) i = i + 1 - 1; return 'count'; } });
const asked = endless.with('spin', () => 'count').always('never asked', () => { for (let i = 1; i > 0; ) i = i + 1 - 1; return true; });
const chance = { random: Math.random, Date, now: performance.now, limit: Error.stackTraceLimit };
const isBack = () => Math.random === chance.random && Date === chance.Date && performance.now === chance.now && Error.stackTraceLimit === chance.limit;
`;

const wheres: readonly (readonly [what: string, call: string, where: RegExp])[] = [
  ['run', `run(endless, ['vcpu[1] x2'])`, /the run of endless was interrupted in vcpu\[1\] spin \(endless\)/],
  ['explore', 'explore(endless)', /the search of endless was interrupted in vcpu\[0\] spin/],
  [
    'explore, interpreter',
    `explore(endless, { engine: 'interpreter' })`,
    /the search of endless was .* in vcpu\[0\] spin/,
  ],
  ['a property', 'explore(asked)', /was interrupted in the property 'never asked' \(endless\)/],
  ['exploreLong', 'await exploreLong(endless)', /the search of endless was interrupted in vcpu\[0\] spin/],
  ['stateGraphOf', 'stateGraphOf(endless)', /was interrupted in vcpu\[0\] spin/],
  ['toPromela', 'toPromela(endless)', /was interrupted in vcpu\[0\] spin/],
];

const IMPORT = `import { defineModel, exploreLong, int, search } from 'put-page';
const { explore, stateGraphOf, toPromela } = search;
const run = (model, lines) => model.run(lines);
`;

for (const [what, call, where] of wheres)
  test(`on the shell, ${what}: SIGINT ends it and says where, and clock and chance are there again`, async () => {
    const code = `${IMPORT.replace("'put-page'", JSON.stringify(library))}${MODEL}
      console.log('there');
      try { ${call}; console.log('it ended'); } catch (e) { console.log(e.name + ': ' + e.message + ' ' + isBack()); }
      console.log(run(endless.with('spin', () => 'count'), ['vcpu[0] x3']).steps.length);`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', code], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let told = '';
    let sent = 0;
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      told += text;
      // The step has to be running when the signal comes: a moment later it is.
      if (sent === 0)
        setTimeout(() => {
          sent = performance.now();
          child.kill('SIGINT');
        }, 400);
    });
    const code2 = await new Promise(resolve => child.on('exit', resolve));
    const took = performance.now() - sent;
    assert.equal(code2, 0, told);
    assert.match(told, /^there\nInterrupted: .* true\n3\n$/);
    assert.match(told, where);
    assert.ok(took < 2000, `${took} ms`);
  });

test('on the shell, put-page explore: Ctrl-C ends the search, and says how far it was, and that nothing is known', async () => {
  const args = ['explore', 'gupref', '--set', 'pages=4,vcpus=4', '--symmetry', 'off'];
  const child = spawn(process.execPath, [path.join(projectRoot, 'dist/cli.js'), ...args], { stdio: 'pipe' });
  let told = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    told += text;
  });
  // It searches once it takes memory; before that there is nothing to interrupt.
  const memory = () => Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1]);
  while (memory() < 150_000) await new Promise(resolve => setTimeout(resolve, 100));
  const sent = performance.now();
  child.kill('SIGINT');
  const code = await new Promise(resolve => child.on('exit', resolve));
  assert.ok(performance.now() - sent < 2000);
  assert.equal(code, 130, told);
  assert.match(
    told,
    /put-page explore: the search of gupref was interrupted after \d{6,} states, at depth \d{2,}: nothing is known/,
  );
});

test('in a cell: interrupt ends it and says where, and the next cell runs', async () => {
  const kernel = await KernelClient.start();
  try {
    const ready = await kernel.execute(`${IMPORT}${MODEL}`, { timeoutMs: 60_000 });
    assert.equal(ready.status, 'ok', JSON.stringify(ready.outputs));
    // After an await, too: there a loop of the cell's own could not be interrupted.
    const calls = [...wheres.map(([, call, where]) => [call, where] as const)];
    for (const [call, where] of [...calls, [`await 1; run(endless, ['vcpu[1] x2'])`, /in vcpu\[1\] spin/] as const]) {
      const cell = kernel.execute(call, { timeoutMs: 60_000 });
      await new Promise(resolve => setTimeout(resolve, 1500));
      const sent = performance.now();
      kernel.interrupt();
      const { status, outputs } = await cell;
      assert.ok(performance.now() - sent < 2000, call);
      assert.equal(status, 'error');
      const [error] = outputs.filter(o => o.output_type === 'error');
      assert.equal((error as { ename?: string }).ename, 'Interrupted', JSON.stringify(outputs));
      assert.match((error as { evalue?: string }).evalue ?? '', where);
      const next = await kernel.execute('console.log(isBack(), Math.random() < 1)', { timeoutMs: 60_000 });
      assert.match(JSON.stringify(next.outputs), /true true/);
    }
  } finally {
    await kernel.shutdown();
  }
});
