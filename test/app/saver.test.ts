/** The saver of the page by itself, with a clock of the test's. The shapes are those of src/app/page/saving/. */
import assert from 'node:assert/strict';
import test, { mock } from 'node:test';
import { pageModule } from './page-code.js';

interface Cell {
  readonly id: string;
  readonly cell_type: string;
  readonly source: string;
}

interface Saver {
  readonly unsaved: boolean;
  readonly pending: boolean;
  changed(): void;
  now(): Promise<void>;
  stop(): Promise<void>;
  resume(): void;
  goOn(hash: string, theirs: readonly Cell[]): Promise<void>;
}

type Answer =
  | { kind: 'saved'; hash: string }
  | { kind: 'conflict'; copy: string }
  | { kind: 'failed'; message: string };

const { Saver } = await pageModule<{ Saver: new (options: object, hash: string) => Saver }>('saving/saver.ts');
const sources = await pageModule<{
  merge(base: readonly Cell[], mine: readonly Cell[], theirs: readonly Cell[]): readonly Cell[] | null;
  keepBoth(mine: readonly Cell[], theirs: readonly Cell[], newId: () => string): readonly Cell[];
  differences(mine: readonly Cell[], theirs: readonly Cell[]): readonly { id: string }[];
}>('saving/sources.ts');

const cells = (...texts: string[]): Cell[] => texts.map((source, i) => ({ id: `c${i}`, cell_type: 'code', source }));

/** A saver on a notebook of one cell, and a server that answers what the test says. */
function make(answer: (hash: string) => Answer | Promise<Answer>) {
  const seen = {
    text: 'start',
    online: true,
    puts: [] as string[],
    states: [] as string[],
    drafts: [] as (string | null)[],
  };
  let now = 0;
  let most = 0;
  const saver = new Saver(
    {
      notebook: { text: () => seen.text, sources: () => cells(seen.text), clean: () => {} },
      put: async (text: string, hash: string) => {
        most = Math.max(most, ++now);
        seen.puts.push(text);
        const said = await answer(hash);
        now--;
        return said;
      },
      keep: async (_: string, kept: readonly Cell[] | null) => void seen.drafts.push(kept?.[0]?.source ?? null),
      online: () => seen.online,
      onState: (state: string) => void seen.states.push(state),
      onConflict: (copy: string) => void seen.states.push(`asked about ${copy}`),
    },
    'h0',
  );
  const write = (text: string): void => {
    seen.text = text;
    saver.changed();
  };
  return { saver, seen, write, most: () => most };
}

/** Lets time pass in small steps, with all that waits for it. */
async function pass(ms: number): Promise<void> {
  for (let at = 0; at < ms; at += 50) {
    mock.timers.tick(50);
    for (let i = 0; i < 10; i++) await Promise.resolve();
  }
}

let hashes = 0;
const saves = (): Answer => ({ kind: 'saved', hash: `h${++hashes}` });

test.beforeEach(() => mock.timers.enable({ apis: ['setTimeout', 'Date'] }));
test.afterEach(() => mock.timers.reset());

test('a pause saves soon; without one, no edit waits longer than three seconds', async () => {
  const { seen, write } = make(saves);
  write('a');
  await pass(1000);
  assert.deepEqual(seen.puts, ['a']);
  let oldest = 0;
  for (let i = 0; i < 100; i++) {
    write(`letter ${i}`);
    await pass(200);
    const last = Number(/\d+/.exec(seen.puts.at(-1) ?? '')?.[0] ?? -1);
    oldest = Math.max(oldest, (i - last) * 200);
  }
  assert.ok(oldest <= 3000, `an edit waited ${oldest} ms`);
});

test('the browser has an edit within half a second, and drops it when the server has it', async () => {
  const { seen, write } = make(saves);
  write('a');
  await pass(400);
  assert.deepEqual(seen.drafts, ['a']);
  await pass(2000);
  assert.deepEqual(seen.drafts, ['a', null]);
});

test('one save at a time, however often it is asked for, and the last text is the one that stays', async () => {
  const { saver, seen, write, most } = make(async () => {
    await new Promise(resolve => setTimeout(resolve, 300));
    return saves();
  });
  const asked: Promise<void>[] = [];
  for (let i = 0; i < 30; i++) {
    write(`text ${i}`);
    asked.push(saver.now());
    await pass(50);
  }
  await pass(3000);
  await Promise.all(asked);
  assert.equal(most(), 1);
  assert.equal(seen.puts.at(-1), 'text 29');
  assert.equal(saver.unsaved, false);
  assert.equal(seen.states.at(-1), 'saved');
});

test('a save that fails is tried again, more and more slowly, at least every ten seconds, until it works', async () => {
  let broken = true;
  const { saver, seen, write } = make(() => (broken ? { kind: 'failed', message: 'full' } : saves()));
  write('a');
  await pass(60_000);
  assert.ok(seen.puts.length >= 8 && seen.puts.length < 20, `${seen.puts.length} attempts`);
  broken = false;
  await pass(10_500);
  assert.equal(saver.unsaved, false);
  assert.equal(seen.states.at(-1), 'saved');
});

test('without a server nothing is sent; with it again, the next attempt saves', async () => {
  const { saver, seen, write } = make(saves);
  seen.online = false;
  write('a');
  await pass(5000);
  assert.deepEqual(seen.puts, []);
  assert.equal(seen.states.at(-1), 'offline');
  seen.online = true;
  await saver.now();
  assert.deepEqual(seen.puts, ['a']);
});

test('a conflict stops saving until it is decided; asking to save asks about it again', async () => {
  let theirs = true;
  const { saver, seen, write } = make(() => (theirs ? { kind: 'conflict', copy: 'X' } : saves()));
  write('mine');
  await pass(3000);
  write('mine, more');
  await pass(60_000);
  assert.equal(seen.puts.length, 1);
  await saver.now();
  assert.equal(seen.states.filter(state => state === 'asked about X').length, 2);
  theirs = false;
  await saver.goOn('h9', cells('theirs'));
  assert.equal(seen.puts.at(-1), 'mine, more');
  assert.equal(saver.unsaved, false);
});

test('a stopped saver saves nothing, and takes it up again', async () => {
  const { saver, seen, write } = make(saves);
  write('a');
  await saver.stop();
  await pass(20_000);
  assert.deepEqual(seen.puts, []);
  saver.resume();
  await pass(3000);
  assert.deepEqual(seen.puts, ['a']);
});

test('edits of different cells go together; of the same cell they do not', () => {
  const base = cells('a', 'b', 'c');
  assert.deepEqual(sources.merge(base, cells('a1', 'b', 'c'), cells('a', 'b', 'c2')), cells('a1', 'b', 'c2'));
  assert.deepEqual(sources.merge(base, cells('a1', 'b', 'c'), cells('a1', 'b', 'c')), cells('a1', 'b', 'c'));
  assert.equal(sources.merge(base, cells('a1', 'b', 'c'), cells('a2', 'b', 'c')), null);
  assert.equal(sources.merge(base, cells('a', 'b'), cells('a', 'b', 'c2')), null, 'a cell was removed');
});

test('keeping both loses no text and no cell, and no id stands twice', () => {
  let n = 0;
  const mine = [...cells('a', 'b1', 'c'), { id: 'new', cell_type: 'code', source: 'mine alone' }];
  const theirs = [...cells('a', 'b2', 'c'), { id: 'other', cell_type: 'code', source: 'theirs alone' }];
  const both = sources.keepBoth(mine, theirs, () => `fresh-${n++}`);
  assert.deepEqual(
    both.map(cell => cell.source),
    ['a', 'b1', 'b2', 'c', 'mine alone', 'theirs alone'],
  );
  assert.equal(new Set(both.map(cell => cell.id)).size, both.length);
  assert.deepEqual(
    sources.differences(mine, theirs).map(one => one.id),
    ['c1', 'new', 'other'],
  );
});

test('a kernel’s last words come without noise', async () => {
  const { lastWords } = await pageModule<{ lastWords(text: string): string }>('notebook/news.ts');
  const text = [
    'The kernel ended with signal SIGABRT.',
    'unknown msg_type: history_request',
    '<--- Last few GCs --->',
    '[1234:0x5581]    20311 ms: Mark-Compact 2047.9 (2083.2) -> 2046.9 (2083.9) MB, 1055.5 / 0.0 ms',
    '<--- JS stacktrace --->',
    'FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory',
    '----- Native stack trace -----',
    ' 1: 0xb9c1f0 node::Abort() [node]',
    '',
  ].join('\n');
  assert.deepEqual(lastWords(text).split('\n'), [
    'The kernel ended with signal SIGABRT.',
    'FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory',
  ]);
});
