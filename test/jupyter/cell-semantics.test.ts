/** Cells mean what TypeScript means, from one cell to the next. */
import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import { KernelClient } from '#src/jupyter/client/kernel-client.js';

let kernel: KernelClient;
before(async () => {
  kernel = await KernelClient.start();
});
after(() => kernel.shutdown());

/** What each cell printed or gave as its last expression; of a failed one its error. */
async function run(...cells: readonly string[]): Promise<string[]> {
  const shown: string[] = [];
  for (const cell of cells) {
    const { outputs } = await kernel.execute(cell, { timeoutMs: 60_000 });
    for (const output of outputs) {
      if (output.output_type === 'stream') shown.push(output.text.trimEnd());
      else if (output.output_type === 'error') shown.push(`${output.ename}: ${output.evalue}`);
      else shown.push(String(output.data['text/plain']));
    }
  }
  return shown;
}

test('a function sees what a variable of an earlier cell holds now', async () => {
  assert.deepEqual(await run('let n = 1; const get = () => n;', 'n = 5; get()'), ['5']);
  assert.deepEqual(await run('function inc() { n++; return n; }', 'inc();', '[n, get()]'), ['6', '[ 6, 6 ]']);
  assert.deepEqual(await run('for (let i = 0; i < 10; i++) n += i;', 'get()'), ['51']);
  assert.deepEqual(await run('({ n } = { n: 8 }); get()', '[n] = [9]; get()'), ['8', '9']);
  assert.deepEqual(await run('class Counter { static made = 0; n = n; }', 'n = 3; new Counter().n'), ['3']);
  // Declared again, as when a cell is edited and run again.
  assert.deepEqual(await run('let n = 70;', 'get()', 'const get = () => -n; get()'), ['70', '-70']);
});

test('a loop sees and leaves the right values, whatever it calls', async () => {
  assert.deepEqual(await run('let s = 0;\nfor (var i = 0; i < 1000; i++) s += i;\n[s, i]'), ['[ 499500, 1000 ]']);
  assert.deepEqual(await run('for (; i > 0; i--) s -= 1;\n[s, i]'), ['[ 498500, 0 ]']);
  assert.deepEqual(
    await run('let seen = 0;\nconst look = () => (seen = k);\nlet k = 0;\nfor (; k < 5; k++) look();\nseen'),
    ['4'],
  );
  assert.deepEqual(await run('for (k = 0; k < 5; k++) if (k === 3) look();\nseen'), ['3']);
  assert.deepEqual(
    await run('let part = 0;', 'for (;;) {\n  part++;\n  if (part === 100) throw new Error("stop");\n}', 'part'),
    ['Error: stop', '100'],
  );
  assert.deepEqual(await run('let calls = 0;', 'while (true) { calls++; if (calls === 7) break; }', 'calls'), ['7']);
  assert.deepEqual(await run('for (var { w } of [{ w: 1 }, { w: 2 }]);', 'w'), ['2']);
});

test('what is used before its declaration throws, as in a module', async () => {
  assert.deepEqual(await run('early();\nlet late = 1;\nfunction early() { return late; }'), [
    "ReferenceError: Cannot access 'late' before initialization",
  ]);
  assert.deepEqual(await run('let late = 2;\nfunction early() { return late; }', 'early()'), ['2']);
});

test('await, for await, using, import() and import.meta at the top level', async () => {
  assert.deepEqual(
    await run('async function* gen() { yield 1; yield 2; }\nfor await (const z of gen()) console.log(z);'),
    ['1\n2'],
  );
  assert.deepEqual(await run('const a = await Promise.resolve(3), b = a + (await 4);', '[a, b]'), ['[ 3, 7 ]']);
  assert.deepEqual(await run("{ using r = { [Symbol.dispose]() { console.log('closed'); } }; console.log('open'); }"), [
    'open\nclosed',
  ]);
  assert.deepEqual(
    await run("using top = { n: 4, [Symbol.dispose]() { console.log('closed'); } };\nconsole.log(top.n);"),
    ['4\nclosed'],
  );
  assert.deepEqual(
    await run(
      "await using late2 = { async [Symbol.asyncDispose]() { await 0; console.log('gone'); } };\nconsole.log('there');",
    ),
    ['there\ngone'],
  );
  assert.deepEqual(await run("const { basename } = await import('node:path');\nbasename('/a/b')"), ["'b'"]);
  assert.deepEqual(await run("import.meta.filename.endsWith('.ts')"), ['true']);
});

test('imports work from the first line on, and in later cells', async () => {
  assert.deepEqual(await run("console.log(sep.length);\nimport { sep } from 'node:path';", 'sep.length'), ['1', '1']);
  assert.deepEqual(
    await run(
      "import os, { EOL as end } from 'node:os';\nimport * as url from 'node:url';",
      '[typeof os.cpus, end, typeof url.parse]',
    ),
    ["[ 'function', '\\n', 'function' ]"],
  );
  assert.deepEqual(await run("import { nothing } from './there-is-none';"), [
    "TypeScriptError: 1:25 - Cannot find module './there-is-none' or its corresponding type declarations.",
  ]);
});

test('the library of today', async () => {
  assert.deepEqual(await run('[3, 1].toSorted()', '[1, 2].with(0, 5)', '[1, 2].findLast(n => n < 2)'), [
    '[ 1, 3 ]',
    '[ 5, 2 ]',
    '1',
  ]);
  assert.deepEqual(await run("JSON.stringify(Object.groupBy([1, 2, 3], n => (n % 2 ? 'odd' : 'even')))"), [
    '\'{"odd":[1,3],"even":[2]}\'',
  ]);
  assert.deepEqual(await run('Map.groupBy([1, 2, 3], n => n % 2).get(1)'), ['[ 1, 3 ]']);
  assert.deepEqual(await run('const w = Promise.withResolvers<number>();\nw.resolve(4);\nawait w.promise'), ['4']);
});

test('declare global and namespaces hold in later cells', async () => {
  assert.deepEqual(
    await run(
      'declare global { interface Array<T> { last(): T | undefined } }\nArray.prototype.last = function () { return this[this.length - 1]; };\nvoid 0;',
      '[1, 2].last()',
      '1',
      '[1, 3].last()',
    ),
    ['2', '1', '3'],
  );
  assert.deepEqual(await run('namespace N { export const x = 5; }', 'N.x', '1', 'N.x + 1'), ['5', '1', '6']);
  assert.deepEqual(await run('namespace N { export const y = 6; }', 'N.y', 'N.x'), [
    '6',
    "TypeScriptError: 1:3 - Property 'x' does not exist on type 'typeof N'.",
  ]);
});

test('`export` is taken as not written', async () => {
  assert.deepEqual(
    await run(
      'export const e1 = 5;\nexport default function shown(): number { return e1; }\nexport { e1 };\nexport interface Shape { n: number }\nexport enum Kind { A = 4 }',
      'const s: Shape = { n: e1 }; [shown(), s.n, Kind.A]',
    ),
    ['[ 5, 5, 4 ]'],
  );
  assert.deepEqual(await run('export default 7'), ['7']);
  assert.deepEqual(await run('export const bad: string = 5;'), [
    "TypeScriptError: 1:14 - Type 'number' is not assignable to type 'string'.",
  ]);
});

test('names stay what the reader wrote', async () => {
  assert.deepEqual(
    await run(
      'const arrow = () => 1; class Held {}',
      'let set: () => number; set = () => 2; void set;',
      '[arrow, Held, set]',
    ),
    ['[ [Function: arrow], [class Held], [Function: set] ]'],
  );
  assert.deepEqual(await run('const noFunction: any = 5;', 'noFunction()'), [
    'TypeError: noFunction is not a function',
  ]);
  assert.deepEqual(await run('let shown = 1; function show1() { return shown + arrow(); }', 'String(show1)'), [
    "'function show1() { return shown + arrow(); }'",
  ]);
  assert.deepEqual(await run('function self(this: unknown) { return this; }', 'self() === undefined'), ['true']);
});

test('redefined classes, enums and overloads', async () => {
  assert.deepEqual(await run('enum Era { A, B }', 'Era.B', 'enum Era { C = 9 }', '[Era.C, Era[0]]'), [
    '1',
    '[ 9, undefined ]',
  ]);
  assert.deepEqual(await run('class P { a = 1 }', 'class P { b = 2 }', 'class Q extends P { c = 3 }', 'new Q()'), [
    'Q { b: 2, c: 3 }',
  ]);
});
