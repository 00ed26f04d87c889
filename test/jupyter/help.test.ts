/** What the kernel says of a cell that nobody has run: what is wrong with it, and what can stand at a place. Nothing changes by it. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import test, { after, before } from 'node:test';
import { type Executed, KernelClient } from '#src/jupyter/client/kernel-client.js';
import { projectRoot as root } from '#src/jupyter/project-root.js';

let kernel: KernelClient;
before(async () => {
  kernel = await KernelClient.start();
});
after(() => kernel.shutdown());

interface Finding {
  readonly start: number;
  readonly end: number;
  readonly message: string;
  readonly code: number;
}

const run = (code: string): Promise<Executed> => kernel.execute(code, { timeoutMs: 30_000 });

async function ask(content: object): Promise<Record<string, unknown>> {
  return (await kernel.request('put_page_check_request', content, { timeoutMs: 30_000 })).content;
}

/** Each error as the text that it marks, and its message. */
async function check(code: string, others: readonly string[] = []): Promise<string[]> {
  const { status, diagnostics } = await ask({ code, others });
  assert.equal(status, 'ok');
  return (diagnostics as Finding[]).map(({ start, end, message }) => `${code.slice(start, end)}: ${message}`);
}

test('an error names its place, in the context of the cells that ran', async () => {
  assert.equal((await run("import { readFileSync } from 'node:fs';\nconst many: number = 3;")).status, 'ok');
  assert.deepEqual(await check('// a line\nconst text: string = many;'), [
    "text: Type 'number' is not assignable to type 'string'.",
  ]);
  assert.deepEqual(await check('many.toFixed(1);\nexport const other = await Promise.resolve(many);'), []);
  const [overloads = ''] = await check("readFileSync('x', { encodign: 'utf8' });");
  assert.match(overloads, /^encodign: No overload matches this call\.\n.*Did you mean to write 'encoding'\?/s);
  assert.deepEqual(await check('const broken = (1;\nmany.nope;\nmany.'), [
    ";: ')' expected.",
    "nope: Property 'nope' does not exist on type 'number'.",
    ': Identifier expected.',
  ]);
});

test('a text that was checked has not run, and declares nothing', async () => {
  assert.deepEqual(await check("const ghost = 1;\nthrow new Error('it ran');"), []);
  assert.deepEqual(await check('ghost;'), ["ghost: Cannot find name 'ghost'."]);
  assert.deepEqual(await check('const many = "another";'), []);
  const { outputs } = await run('many;');
  assert.equal(outputs[0]?.output_type === 'execute_result' && outputs[0].data['text/plain'], '3');
  // The text that was checked last is the one that runs: the checker's program is there already.
  assert.deepEqual(await check('const late = many + 1;'), []);
  assert.equal((await run('const late = many + 1;')).status, 'ok');
  assert.deepEqual(await check('late.toFixed();'), []);
  assert.deepEqual(await check('late.nope;'), ["nope: Property 'nope' does not exist on type 'number'."]);
});

test('a name that another cell declares or imports is not called unknown', async () => {
  const code = 'join(deep);\nconst all = { later, never };';
  assert.deepEqual(
    (await check(code)).map(text => text.split(':')[0]),
    ['join', 'deep', 'later', 'never'],
  );
  const others = [
    "import { join } from 'node:path';\nfunction f() { const never = 1; }",
    'var { a: [deep] } = x;',
    'class later {',
  ];
  assert.deepEqual(
    (await check(code, others)).map(text => text.split(':')[0]),
    ['never'],
  );
});

test('the checker reads files that a cell imports, and the cell that runs afterwards has them', async () => {
  const folder = mkdtempSync(path.join(root, '.put-page-check-'));
  try {
    writeFileSync(path.join(folder, 'mine.ts'), 'export const mine: number = 5;\n');
    const from = `./${path.basename(folder)}/mine`;
    assert.deepEqual(await check(`import { mine } from '${from}';\nmine.nope;`), [
      "nope: Property 'nope' does not exist on type 'number'.",
    ]);
    const { outputs, status } = await run(`import { mine } from '${from}';\nmine;`);
    assert.equal(status, 'ok', JSON.stringify(outputs));
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('a request that is none is answered with an error', async () => {
  for (const content of [{}, { code: 1 }, { code: '', others: 'x' }, { code: '', others: [1] }]) {
    const { status, evalue } = await ask(content);
    assert.equal(status, 'error');
    assert.match(String(evalue), /`code` has to be a string/);
  }
});

interface Typed {
  readonly text: string;
  readonly type: string;
  readonly signature: string;
}

/** What is offered at `|`, as `kind name signature`, and the text that a choice replaces. */
async function complete(marked: string): Promise<{ entries: string[]; replaced: string }> {
  const cursor_pos = marked.indexOf('|');
  const code = marked.replace('|', '');
  const { content } = await kernel.request('complete_request', { code, cursor_pos }, { timeoutMs: 30_000 });
  assert.equal(content.status, 'ok');
  const types = (content.metadata as { _jupyter_types_experimental: Typed[] })._jupyter_types_experimental;
  assert.deepEqual(
    types.map(({ text }) => text),
    content.matches,
  );
  return {
    entries: types.map(({ text, type, signature }) => `${type} ${text} ${signature}`.trimEnd()),
    replaced: code.slice(content.cursor_start as number, content.cursor_end as number),
  };
}

const PAGE =
  "import { join } from 'node:path';\nclass Page { count = 0; put(by: string): this { return this; } get head(): Page { return this; } }\nconst page = new Page();\nconst kind: 'anon page' | 'file page' = 'anon page';";

test('completion says of each name its kind and its type', async () => {
  assert.equal((await run(PAGE)).status, 'ok');
  const members = ['property count number', 'property head Page', 'method put (by: string): Page'];
  // Right behind a dot, whatever follows: an empty prefix fits every member, and nothing else.
  for (const marked of [
    'page.|',
    'page.|\nconst next = 1;',
    'page.|\nnext();',
    'if (page.|) { }',
    'page.head.head.|',
    'page?.|',
  ])
    assert.deepEqual(await complete(marked), { entries: members, replaced: '' }, marked);
  assert.deepEqual(await complete('page.co|unt'), { entries: members.slice(0, 1), replaced: 'count' });
  const { entries } = await complete('joi|');
  assert.equal(entries[0], 'function join (...paths: string[]): string');
  assert.equal((await complete('Pag|')).entries[0], 'class Page');
  assert.ok((await complete('pag|')).entries.includes('variable page Page'));
  assert.ok((await complete('retu|')).entries.includes('keyword return'));
});

test('in a string, completion offers what the type allows, and replaces all of it', async () => {
  assert.deepEqual(await complete("const k: typeof kind = 'file|';"), {
    entries: ['string file page'],
    replaced: 'file',
  });
  assert.deepEqual(await complete("const k: typeof kind = 'anon |page';"), {
    entries: ['string anon page'],
    replaced: 'anon page',
  });
  assert.deepEqual((await complete("const k: typeof kind = '|';")).entries, ['string anon page', 'string file page']);
});

test('types stand without files, and a method without what its model is made of', async () => {
  const code = "import { zoneDeviceLeak } from 'put-page';\nconst host = zoneDeviceLeak();\nhost.explore;";
  const { content } = await kernel.request(
    'inspect_request',
    { code, cursor_pos: code.length - 4 },
    { timeoutMs: 30_000 },
  );
  const { 'text/plain': said } = content.data as { 'text/plain': string };
  assert.match(said, /^\(method\) Model\.explore<W>\(options\?: Asked<W, .*\n\nSearches every interleaving\./s);
  const { entries } = await complete(code.replace('explore;', '|'));
  assert.ok(
    entries.some(entry => /^method explore \(options\?: Asked</.test(entry)),
    entries.join('\n'),
  );
  assert.doesNotMatch(entries.join('\n'), /import\(/);
});
