import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import test, { after } from 'node:test';
import { CUT_MIME, OutputCut } from '#src/app/kernels/output-cut.js';
import { WholeOutputs } from '#src/app/kernels/whole-outputs.js';
import type { Parts } from '#src/jupyter/client/wire.js';

const dir = mkdtempSync(path.join(tmpdir(), 'put-page-cut-'));
after(() => rmSync(dir, { recursive: true, force: true }));

const LIMITS = { lines: 10, chars: 200, lastLines: 3, displays: 2, displayBytes: 10_000 };

function message(type: string, content: object, cell = 'cell'): Parts {
  const header = { msg_id: `${type}-1`, msg_type: type, session: 's' };
  return [header, { msg_id: cell, msg_type: 'execute_request' }, {}, content].map(part =>
    Buffer.from(JSON.stringify(part)),
  );
}

const print = (text: string): Parts => message('stream', { name: 'stdout', text });
const idle = message('status', { execution_state: 'idle' });

interface Seen {
  readonly type: string;
  readonly content: { text?: string; data?: Record<string, { id: string | null; lines: number; text: string }> };
}

function see(messages: readonly Parts[]): Seen[] {
  return messages.map(parts => {
    const [header, , , content] = parts.map(part => JSON.parse(Buffer.from(part).toString()));
    return { type: header.msg_type, content };
  });
}

test('what is short passes as it came', () => {
  const cut = new OutputCut(new WholeOutputs(dir), LIMITS);
  const all = [print('one\n'), print('two\n'), message('error', { ename: 'E' }), idle];
  assert.deepEqual(
    all.flatMap(parts => cut.pass(parts)),
    all,
  );
});

test('a flood: the first lines, a sentence, the last lines, and the whole of it in a file', () => {
  const whole = new WholeOutputs(dir);
  const cut = new OutputCut(whole, LIMITS);
  const lines = Array.from({ length: 5000 }, (_, i) => `line ${i}\n`);
  const seen: Seen[] = [];
  for (let i = 0; i < lines.length; i += 7) seen.push(...see(cut.pass(print(lines.slice(i, i + 7).join('')))));
  seen.push(...see(cut.pass(idle)));
  const streams = seen.filter(one => one.type === 'stream').map(one => one.content.text ?? '');
  assert.equal(streams.slice(0, -1).join(''), lines.slice(0, 10).join(''));
  assert.equal(streams.at(-1), lines.slice(-3).join(''));
  const last = seen.filter(one => one.type === 'update_display_data').at(-1)?.content.data?.[CUT_MIME];
  assert.equal(last?.lines, 5000);
  assert.match(last.text, /first 10 lines .*last 3 .*5,000 lines/);
  assert.equal(seen.at(-1)?.type, 'status');
  assert.ok(last.id);
  assert.equal(readFileSync(whole.file(last.id) ?? '', 'utf8'), lines.join(''));
});

test('any lines of the whole are found, also across a thousand', async () => {
  const whole = new WholeOutputs(dir);
  for (let i = 0; i < 3500; i++) whole.add('parts', `line ${i}\n`);
  const part = async (first: number, many: number) => (await whole.lines('parts', first, many))?.lines;
  assert.deepEqual(await part(0, 2), ['line 0', 'line 1']);
  assert.deepEqual(await part(999, 3), ['line 999', 'line 1000', 'line 1001']);
  assert.deepEqual(await part(3498, 10), ['line 3498', 'line 3499', '']);
  assert.equal((await whole.lines('parts', 0, 1))?.total, 3500);
  whole.add('parts', 'not ended');
  assert.equal((await whole.lines('parts', 0, 1))?.total, 3501);
  assert.equal(await whole.lines('unknown', 0, 1), null);
});

test('one line without an end is cut, too, and so is its part', async () => {
  const whole = new WholeOutputs(dir);
  const cut = new OutputCut(whole, LIMITS);
  const seen = see([...cut.pass(print('x'.repeat(100_000))), ...cut.pass(idle)]);
  const shown = seen.filter(one => one.type === 'stream').map(one => one.content.text?.length);
  assert.equal(shown[0], 200);
  const id = seen.find(one => one.content.data)?.content.data?.[CUT_MIME]?.id;
  assert.match((await whole.lines(id ?? '', 0, 1))?.lines[0] ?? '', /^x{5000} … \(100,000 characters\)$/);
});

test('of very many figures only the first are shown', () => {
  const cut = new OutputCut(new WholeOutputs(dir), LIMITS);
  const display = message('display_data', { data: { 'text/plain': 'f' } });
  const seen = see([...Array.from({ length: 9 }, () => cut.pass(display)).flat(), ...cut.pass(idle)]);
  assert.deepEqual(
    seen.map(one => one.type),
    ['display_data', 'display_data', 'display_data', 'update_display_data', 'status'],
  );
  assert.match(String(seen[3]?.content.data?.['text/plain']), /first 2 figures.* 7 more/);
});

test('the next run of a cell starts anew, and the oldest whole outputs give way', () => {
  const whole = new WholeOutputs(dir, 1000);
  const cut = new OutputCut(whole, LIMITS);
  const run = (cell: string) =>
    see(cut.pass(message('stream', { name: 'stdout', text: `${'y'.repeat(50)}\n`.repeat(12) }, cell)));
  const ids = ['a', 'b'].map(cell => run(cell).find(one => one.content.data)?.content.data?.[CUT_MIME]?.id ?? '');
  assert.equal(whole.file(ids[0] ?? ''), null);
  assert.ok(whole.file(ids[1] ?? ''));
});

test('messages that are none pass unchanged', () => {
  const cut = new OutputCut(new WholeOutputs(dir), LIMITS);
  for (const parts of [[], [Buffer.from('x')], [Buffer.from('null'), Buffer.from('[]')]])
    assert.deepEqual(cut.pass(parts), [parts]);
  const odd = message('stream', { text: 7 });
  assert.deepEqual(cut.pass(odd), [odd]);
});
