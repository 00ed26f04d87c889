import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import test, { after, before } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Executed, KernelClient } from '#src/jupyter/client/kernel-client.js';
import { type Output, Outputs } from '#src/jupyter/client/outputs.js';
import { KernelDeadError, TimeoutError } from '#src/jupyter/client/pending.js';
import { until, within } from '../until.js';

const limit = { timeoutMs: 30_000 };
let kernel: KernelClient;
const run = (code: string): Promise<Executed> => kernel.execute(code, limit);

function only<T extends Output['output_type']>(result: Executed, type: T): Extract<Output, { output_type: T }> {
  assert.equal(result.outputs.length, 1, JSON.stringify(result.outputs));
  const [output] = result.outputs;
  assert.equal(output?.output_type, type);
  return output as Extract<Output, { output_type: T }>;
}

before(async () => {
  kernel = await KernelClient.start();
});
after(() => kernel.shutdown());

test('20,000 lines of output arrive whole, and so does idle', async () => {
  const result = await run('for (let i = 0; i < 20_000; i++) console.log(i);');
  assert.equal(result.status, 'ok');
  const wanted = Array.from({ length: 20_000 }, (_, i) => `${i}\n`).join('');
  assert.equal(only(result, 'stream').text, wanted);
});

test('output of a loop that never yields is seen while it runs', async () => {
  const seen: string[] = [];
  kernel.onRaw = (channel, parts) => {
    const text = Buffer.from(parts[3] ?? []).toString('utf8');
    if (channel === 'iopub' && text.includes('tick')) seen.push(text);
  };
  const running = run("const end = Date.now() + 1500;\nwhile (Date.now() < end) console.log('tick');");
  await until('the first line', () => seen.length > 0);
  let settled = false;
  void running.then(() => {
    settled = true;
  });
  await sleep(0);
  assert.equal(settled, false);
  kernel.onRaw = undefined;
  await running;
});

test('stdout and stderr keep their order', async () => {
  const { outputs } = await run("console.log('a'); console.error('b'); console.log('c');");
  assert.deepEqual(
    outputs.map(o => (o.output_type === 'stream' ? [o.name, o.text] : o)),
    [
      ['stdout', 'a\n'],
      ['stderr', 'b\n'],
      ['stdout', 'c\n'],
    ],
  );
});

test('an error has name, message, and the line of the cell', async () => {
  const result = await run('function put(n: number): void {\n  throw new RangeError("count " + n);\n}\n\nput(-1);');
  assert.equal(result.status, 'error');
  const { ename, evalue, traceback } = only(result, 'error');
  assert.deepEqual([ename, evalue], ['RangeError', 'count -1']);
  const text = traceback.join('\n');
  assert.match(text, new RegExp(`cell ${result.executionCount}, line 2 in put\\n {4}2 \\| {3}throw new RangeError`));
  assert.match(text, new RegExp(`cell ${result.executionCount}, line 5$`));
});

test('the next cell runs after an error, at once', async () => {
  const failed = await run("throw new Error('first')");
  assert.equal(failed.status, 'error');
  assert.equal(only(await run('1 + 1'), 'execute_result').data['text/plain'], '2');
});

test('cells that were sent behind a failing one abort, and later ones run', async () => {
  const results = await Promise.all([run("throw new Error('first')"), run('2'), run('3')]);
  assert.deepEqual(
    results.map(r => r.status),
    ['error', 'aborted', 'aborted'],
  );
  assert.equal((await run('4')).status, 'ok');
});

test('a rejected top-level await is an error of its line', async () => {
  const { ename, evalue, traceback } = only(
    await run("const late = 1;\nawait Promise.reject(new TypeError('late'));"),
    'error',
  );
  assert.deepEqual([ename, evalue], ['TypeError', 'late']);
  assert.match(traceback.join('\n'), /line 2/);
});

test('a type error names line, column and message, and the cell does not run', async () => {
  const result = await run("console.log('ran');\nconst n: number = 'one';");
  const { ename, evalue, traceback } = only(result, 'error');
  assert.equal(ename, 'TypeScriptError');
  assert.equal(evalue, "2:7 - Type 'string' is not assignable to type 'number'.");
  assert.match(traceback.join('\n'), /2 \| const n: number = 'one';\n {14}\^/);
});

test('what does not parse is one clear error, also where the checker itself would crash', async () => {
  const cases: readonly [string, string][] = [
    ['const a = 1;\nfunction f( { return 1', "2:22 - ':' expected."],
    ['await Promise.resolve(1;', "1:24 - ')' expected."],
    ['x = = 2', '1:5 - Expression expected.'],
  ];
  for (const [code, expected] of cases) {
    const { ename, evalue } = only(await run(code), 'error');
    assert.deepEqual([ename, evalue], ['TypeScriptError', expected]);
  }
  assert.equal((await run('await Promise.resolve(1);')).status, 'ok');
});

test('thrown things that are no errors are named', async () => {
  assert.match(only(await run("throw 'a string'"), 'error').evalue, /threw "a string", which is not an Error/);
});

test('whatever is thrown is named, and the next cell runs', async () => {
  const cases: readonly [string, RegExp][] = [
    ['throw Object.create(null)', /threw \[Object: null prototype\] \{\}, which is not an Error/],
    ['throw undefined', /threw undefined/],
    ['throw { toString() { throw 1; } }', /threw \{ toString: \[Function: toString\] \}/],
    ["throw Object.defineProperty(new Error('x'), 'stack', { get() { throw 1; } })", /^x$/],
    ["throw Object.assign(new Error('x'), { name: Symbol('s') })", /^x$/],
  ];
  for (const [code, expected] of cases) {
    const result = await run(code);
    assert.equal(result.status, 'error');
    assert.match(only(result, 'error').evalue, expected);
  }
  assert.equal((await run('1')).status, 'ok');
});

test('causes and the errors of an AggregateError are shown', async () => {
  const caused = only(
    await run(
      "const low = new RangeError('low');\nthrow new Error('high', { cause: new TypeError('mid', { cause: low }) });",
    ),
    'error',
  );
  assert.match(caused.traceback.join('\n'), /caused by TypeError: mid\n[\s\S]*caused by RangeError: low\n.*line 1/);
  const many = only(
    await run("await Promise.any([Promise.reject(new Error('one')), Promise.reject('two')]);"),
    'error',
  );
  assert.match(many.traceback.join('\n'), /one of them: Error: one\n[\s\S]*one of them: "two"/);
  const round = only(await run("const e: any = new Error('e');\ne.cause = e;\nthrow e;"), 'error');
  assert.equal(round.ename, 'Error');
});

test('the library is imported by its name, with its types, and its stack lines are short', async () => {
  const shown = await run("import { show } from 'put-page';\nshow({ columns: ['n'], rows: [[1]] });");
  assert.match(String(only(shown, 'display_data').data['text/markdown']), /\| n \|/);
  const misused = only(await run('show(5);'), 'error');
  assert.match(
    misused.evalue,
    /^1:6 - Argument of type 'number' is not assignable to parameter of type 'Figure \| Table \| Note'/,
  );
  const inside = only(await run('show(5 as never);'), 'error');
  assert.match(inside.evalue, /needs a figure, a table \{ columns, rows \}/);
  assert.match(inside.traceback.join('\n'), /at src\/jupyter\/display\.ts:\d+ in show\n.*line 1/);
});

test('a count that is compared like a number: the message says how a count is asked', async () => {
  const compare = "(_s, me) => (me.page._refcount > 1 ? 'tdp_page_fault' : undefined)";
  const code = `import { zoneDeviceLeak } from 'put-page';\nzoneDeviceLeak().with('kvm_release_pfn_clean', ${compare});`;
  const { evalue } = only(await run(code), 'error');
  assert.match(evalue, /^2:\d+ - Operator '>' cannot be applied.* A count is asked: \.above\(1\) or \.is\(1\);/);
});

test('completion knows the library', async () => {
  const code = "import { show } from 'put-page';\nsho";
  const reply = await kernel.request('complete_request', { code, cursor_pos: code.length }, limit);
  assert.ok((reply.content.matches as string[]).includes('show'));
});

test('the working directory is the project, whatever folder the notebook is in', async () => {
  const cwd = String(only(await run('process.cwd()'), 'execute_result').data['text/plain']).replaceAll("'", '');
  assert.ok(existsSync(`${cwd}/package.json`), cwd);
});

test('a last expression that has no value shows nothing', async () => {
  assert.deepEqual((await run("import { markdown } from 'put-page';\nvoid markdown;")).outputs, []);
});

test('cells run in strict mode: a write to a frozen object is an error', async () => {
  assert.equal(
    only(await run('const o = Object.freeze({ n: 1 }) as { n: number };\no.n = 2;'), 'error').ename,
    'TypeError',
  );
});

test('an endless loop and an endless await are interrupted', async () => {
  for (const code of ['while (true) {}', 'await new Promise(() => {});']) {
    const outputs = new Outputs();
    const running = kernel.execute(`console.log('on');\n${code}`, { ...limit, outputs });
    // Once it is heard of, an interrupt is its own; a second one could be left for the cell after it.
    await until('the cell', () => outputs.list.length > 0);
    kernel.interrupt();
    const last = (await running).outputs.at(-1);
    assert.equal(last?.output_type === 'error' && last.ename, 'Interrupted');
  }
  assert.equal((await run('1')).status, 'ok');
});

test('what is printed before an endless loop is seen while it runs', async () => {
  const outputs = new Outputs();
  const running = kernel.execute("console.log('before');\nwhile (true) {}", { timeoutMs: 20_000, outputs });
  let settled = false;
  void running.finally(() => {
    settled = true;
  });
  await until('the output or the end', () => outputs.list.length > 0 || settled);
  assert.deepEqual(outputs.list, [{ output_type: 'stream', name: 'stdout', text: 'before\n' }]);
  kernel.interrupt();
  assert.equal((await running).status, 'error');
});

test('a cell above its time limit is reported as such', async () => {
  await assert.rejects(kernel.execute('await new Promise(() => {});', { timeoutMs: 300 }), (error: unknown) => {
    assert.ok(error instanceof TimeoutError);
    assert.match(error.message, /execute did not end within 0\.3 s/);
    return true;
  });
  const idle = new Promise<void>(resolve => {
    kernel.onRaw = (_channel, parts) => {
      if (Buffer.from(parts[3] ?? []).includes('"idle"')) resolve();
    };
  });
  kernel.interrupt();
  await within('the end of the interrupted cell', idle);
  kernel.onRaw = undefined;
  assert.equal((await run('1')).status, 'ok');
});

test('raw messages pass both ways, unsigned', async () => {
  const seen: string[] = [];
  kernel.onRaw = (channel, parts) => {
    const header = JSON.parse(Buffer.from(parts[0] ?? []).toString('utf8'));
    seen.push(`${channel} ${header.msg_type}`);
  };
  const header = {
    msg_id: 'raw-1',
    msg_type: 'kernel_info_request',
    session: 's',
    username: 'u',
    date: '',
    version: '5.3',
  };
  const parts = [header, {}, {}, {}].map(part => Buffer.from(JSON.stringify(part)));
  await kernel.sendRaw('shell', parts);
  await until('three messages', () => seen.length >= 3);
  kernel.onRaw = undefined;
  assert.deepEqual(seen.sort(), ['iopub status', 'iopub status', 'shell kernel_info_reply']);
});

test('restart forgets what cells defined', async () => {
  await run('const kept = 7;');
  assert.equal(only(await run('kept'), 'execute_result').data['text/plain'], '7');
  await kernel.restart();
  assert.equal(only(await run('kept'), 'error').evalue, "1:1 - Cannot find name 'kept'.");
});

test('the death of a kernel fails what it was doing, with the reason', async () => {
  const victim = await KernelClient.start();
  let told = '';
  victim.onDeath = how => {
    told = how;
  };
  await assert.rejects(victim.execute('process.exit(3)', limit), (error: unknown) => {
    assert.ok(error instanceof KernelDeadError);
    assert.match(error.message, /ended with exit code 3/);
    return true;
  });
  assert.match(told, /exit code 3/);
  await assert.rejects(victim.execute('1', limit), KernelDeadError);
  await victim.shutdown();
});

test('what a kernel loads ahead is there for the first cell that imports it, whenever that comes; what cannot be loaded stops nothing', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'put-page-ahead-'));
  const library = path.join(folder, 'library.mjs');
  // Of many files, as a library is: a cell comes before, in the middle and after.
  const parts = Array.from({ length: 600 }, (_, i) => `part${i}.mjs`);
  for (const part of parts) writeFileSync(path.join(folder, part), 'export const part = 42;');
  const imports = parts.map(part => `import './${part}';`).join('');
  writeFileSync(
    library,
    `${imports} export { part } from './part0.mjs'; globalThis.loaded = (globalThis.loaded ?? 0) + 1;`,
  );
  for (const [ahead, after] of [
    [library, 0],
    [library, 50],
    [library, 100],
    [library, 200],
    [library, 500],
    ['no-such-package', 200],
  ] as const) {
    const eager = await KernelClient.start({ env: { PUT_PAGE_AHEAD: ahead } });
    try {
      await sleep(after);
      const cell = `const { part } = await import(String(${JSON.stringify(library)}));\nconsole.log(part, (globalThis as any).loaded);`;
      const result = await eager.execute(cell, limit);
      assert.equal(only(result, 'stream').text, '42 1\n', JSON.stringify(result.outputs));
    } finally {
      await eager.shutdown();
    }
  }
  rmSync(folder, { recursive: true });
});
