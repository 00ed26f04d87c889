/** Comms as the Jupyter messaging specification says: opening, talking, closing; among cells, with interrupts, and under a flood. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test, { after, before } from 'node:test';
import { CommLine, type Got } from './comm-line.js';

let line: CommLine;
before(async () => {
  line = await CommLine.start();
  await line.run("const comms = globalThis[Symbol.for('put-page.comms')];");
});
after(() => line.kernel.shutdown());

/** Opens a comm in a cell; `handler` is the body of a function of `m`. Its id. */
async function open(handler: string, target = 'test'): Promise<string> {
  const before = line.got.length;
  await line.run(`{ const c = comms.open('${target}', { data: { a: 1 } }); c.onMessage = m => { ${handler} }; }`);
  const opened = line.got.slice(before).find(m => m.header.msg_type === 'comm_open');
  return String(opened?.content.comm_id);
}

const types = (messages: readonly Got[]): string[] => messages.map(m => m.header.msg_type);
const textOf = (messages: readonly Got[]): string => messages.map(m => m.content.text ?? '').join('');

test('a comm that the kernel opens is told, listed, spoken to and closed', async () => {
  await line.run(
    "comms.open('test', { id: 'mine', data: { a: 1 }, metadata: { version: '2.1.0' } }).onMessage = m => console.log(m.data.say, m.buffers[0]?.length);",
  );
  const opened = await line.find(m => m.header.msg_type === 'comm_open', 'comm_open');
  assert.deepEqual(opened.content, { comm_id: 'mine', target_name: 'test', data: { a: 1 } });
  const info = await line.kernel.request('comm_info_request', {});
  assert.deepEqual(info.content, { status: 'ok', comms: { mine: { target_name: 'test' } } });
  const other = await line.kernel.request('comm_info_request', { target_name: 'other' });
  assert.deepEqual(other.content, { status: 'ok', comms: {} });
  assert.equal(textOf(await line.ask('mine', { say: 'hello' }, [Buffer.from('abc')])), 'hello 3\n');
  assert.deepEqual(await line.done(line.send('comm_close', { comm_id: 'mine', data: {} })), []);
  assert.deepEqual((await line.kernel.request('comm_info_request', {})).content.comms, {});
  const [gone] = await line.ask('mine', { say: 'still there?' });
  assert.deepEqual([gone?.header.msg_type, gone?.content.comm_id], ['comm_close', 'mine']);
});

test('a front end opens a comm to a target that is registered; to another it is closed at once', async () => {
  await line.run(
    "comms.register('echo', (c, m) => { c.onMessage = n => c.send({ back: n.data.x }, { buffers: n.buffers }); c.send(m.data); c.onClose = () => console.log('closed'); });",
  );
  const hello = await line.done(line.send('comm_open', { comm_id: 'theirs', target_name: 'echo', data: { x: 1 } }));
  assert.deepEqual(
    hello.map(m => m.content),
    [{ comm_id: 'theirs', data: { x: 1 } }],
  );
  const [back] = await line.ask('theirs', { x: 2 }, [Buffer.from([1, 2, 3])]);
  assert.deepEqual(back?.content, { comm_id: 'theirs', data: { back: 2 } });
  assert.deepEqual([...(back?.buffers[0] ?? [])], [1, 2, 3]);
  assert.equal(textOf(await line.done(line.send('comm_close', { comm_id: 'theirs' }))), 'closed\n');
  const refused = await line.done(line.send('comm_open', { comm_id: 'lost', target_name: 'nobody', data: {} }));
  assert.deepEqual(types(refused), ['comm_close']);
  assert.equal(refused[0]?.content.comm_id, 'lost');
});

test('what a handler prints and shows belongs to the message, also after an await; the cell before it keeps nothing', async () => {
  const id = await open(
    "console.log('now'); setTimeout(() => console.log('in time'), 1); return Promise.resolve().then(() => new Promise(r => setTimeout(r, 20))).then(() => console.log('later'));",
  );
  assert.equal(textOf(await line.ask(id, {})), 'now\nin time\nlater\n');
});

test('a message that comes while a cell runs waits for it; it is not aborted when the cell fails', async () => {
  const id = await open("console.log('handled');");
  const cell = line.send('execute_request', {
    code: "await new Promise(r => setTimeout(r, 300)); console.log('cell ends'); throw new Error('as meant');",
    silent: false,
    stop_on_error: true,
  });
  const said = line.say(id, {});
  assert.equal(textOf(await line.done(said)), 'handled\n');
  await line.done(cell);
  const texts = line.got.filter(m => m.header.msg_type === 'stream').map(m => m.content.text);
  assert.deepEqual(texts.slice(-2), ['cell ends\n', 'handled\n']);
});

test('a handler that throws says so on stderr, and the next message is handled', async () => {
  const id = await open("if (m.data.bad) throw new TypeError('no such page'); console.log('fine');");
  const [error] = await line.ask(id, { bad: true });
  assert.equal(error?.content.name, 'stderr');
  assert.match(String(error?.content.text), /TypeError: no such page/);
  assert.equal(textOf(await line.ask(id, {})), 'fine\n');
});

for (const [what, loop] of [
  ['at once', "console.log('begun'); for (;;);"],
  ['after an await', "return Promise.resolve().then(() => { console.log('begun'); for (;;); });"],
  ['in a promise that never comes', "console.log('begun'); return new Promise(() => {});"],
  [
    'in work that was put off',
    "void comms.later(() => { console.log('begun'); for (;;); }).catch(e => console.log(e.message));",
  ],
] as const)
  test(`a handler that does not end is interrupted: ${what}`, async () => {
    const id = await open(loop);
    const said = line.say(id, {});
    await line.find(m => m.parent.msg_id === said && m.content.text === 'begun\n', 'the beginning');
    line.kernel.interrupt();
    assert.match(textOf(await line.done(said)), /begun\n[\s\S]*[Ii]nterrupted/);
    await line.run("if (1 + 1 !== 2) throw new Error('?')");
  });

test('work that is put off comes after the messages that had come, and the message ends with it', async () => {
  await line.run('const seen = []; let waiting = false;');
  const id = await open(
    'seen.push(m.data.x); if (waiting) return; waiting = true; void comms.later(() => { waiting = false; console.log(seen.join()); });',
  );
  const said = [1, 2, 3, 4].map(x => line.say(id, { x }));
  const texts = await Promise.all(said.map(async one => textOf(await line.done(one))));
  assert.match(texts.join(''), /1,2,3,4\n$/);
});

test('ids come from the cell: the same cells in another kernel have the same ones', async () => {
  const other = await CommLine.start();
  try {
    const ids = async (one: CommLine): Promise<unknown[]> => {
      await one.kernel.execute("var h = globalThis[Symbol.for('put-page.comms')]; h.open('t', {}); h.open('t', {});");
      return one.got.filter(m => m.header.msg_type === 'comm_open').map(m => m.content.comm_id);
    };
    const first = await ids(other);
    assert.equal(new Set(first).size, 2);
    await other.kernel.restart();
    other.got.length = 0;
    assert.deepEqual(await ids(other), first);
    assert.notDeepEqual((await ids(other)).slice(2), first, 'the same text again is another run');
  } finally {
    await other.kernel.shutdown();
  }
});

test('a cell that runs again closes what its last run had opened', async () => {
  const code = "globalThis[Symbol.for('put-page.comms')].open('again', {})";
  const open = async (): Promise<string[]> =>
    Object.keys((await line.kernel.request('comm_info_request', { target_name: 'again' })).content.comms as object);
  const run = (cellId: string): Promise<Got[]> =>
    line.done(line.send('execute_request', { code, silent: false }, [], { cellId }));
  await run('one');
  const [first] = await open();
  await run('two');
  await run('one');
  const now = await open();
  assert.equal(now.length, 2);
  assert.ok(!now.includes(String(first)));
});

test('messages that make no sense cost only themselves', async () => {
  const id = await open("console.log('alive');");
  const bad: [string, object][] = [
    ['comm_msg', {}],
    ['comm_msg', { comm_id: 7, data: {} }],
    ['comm_msg', { comm_id: 'unknown', data: {} }],
    ['comm_msg', { comm_id: '__proto__', data: {} }],
    ['comm_open', { target_name: 'echo' }],
    ['comm_open', { comm_id: 'x', target_name: { a: 1 } }],
    ['comm_open', { comm_id: 'y', target_name: 'constructor', data: 5 }],
    ['comm_open', { comm_id: id, target_name: 'echo', data: {} }],
    ['comm_close', {}],
    ['comm_close', { comm_id: 'unknown' }],
  ];
  for (const [type, content] of bad) await line.done(line.send(type, content));
  for (const data of [undefined, null, 5, 'text', [1, 2]]) assert.equal(textOf(await line.ask(id, data)), 'alive\n');
});

/** Resident memory, in MiB (proc(5)). */
const residentMiB = (pid: number): number =>
  (Number(readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')[1]) * 4096) / 1024 / 1024;

test('a flood while a cell runs, and 10,000 messages after it: all handled in order, memory stays', async () => {
  await line.run('let next = 0, wrong = 0;');
  const id = await open('if (m.data.i !== next++) wrong++;');
  const pid = line.kernel.pid ?? 0;
  const flood = async (n: number, from: number): Promise<void> => {
    let last = '';
    for (let i = from; i < from + n; i++) last = line.say(id, { i, pad: 'x'.repeat(500) });
    await line.done(last);
    line.got.length = 0;
  };
  const cell = line.send('execute_request', { code: 'await new Promise(r => setTimeout(r, 500))', silent: false });
  await flood(1000, 0);
  await line.done(cell).catch(() => {});
  const before = residentMiB(pid);
  await flood(10_000, 1000);
  await line.run('if (next !== 11000 || wrong > 0) throw new Error(String(next));');
  assert.ok(residentMiB(pid) - before < 150, `${before} MiB before, ${residentMiB(pid)} MiB after`);
});

test('comms that handlers open are listed; of a front end that does not read nothing is lost', async () => {
  const id = await open(
    "for (let i = 0; i < 50; i++) comms.open('many', { data: { i } }).send({ big: 'x'.repeat(1e4) });",
  );
  for (let i = 0; i < 20; i++) line.say(id, {});
  await line.run("console.log('here');");
  const { content } = await line.kernel.request('comm_info_request', { target_name: 'many' });
  assert.equal(Object.keys(content.comms as object).length, 1000);
});
