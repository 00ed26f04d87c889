import assert from 'node:assert/strict';
import test from 'node:test';
import { Outputs } from '#src/jupyter/client/outputs.js';
import { Pending } from '#src/jupyter/client/pending.js';
import { type Channel, type Message, parse, request, sign, verify } from '#src/jupyter/client/wire.js';
import { userDataFolder } from '#src/jupyter/install/kernelspec.js';

function message(msg_type: string, content: object, channel: Channel = 'iopub'): Message {
  const header = { msg_id: '1', msg_type, session: 's', username: 'u', date: '', version: '5.3' };
  return { channel, header, parent: {}, content: { ...content } };
}

test('a message is signed, verified and read back; a changed one is refused', () => {
  const { id, parts } = request('s', 'execute_request', { code: 'é' });
  const frames = sign('key', parts);
  const read = parse('shell', verify('key', [Buffer.from('identity'), ...frames]));
  assert.deepEqual([read.header.msg_id, read.header.msg_type, read.content], [id, 'execute_request', { code: 'é' }]);
  assert.throws(() => verify('other', frames), /wrong signature/);
  assert.throws(() => verify('key', [...frames.slice(0, -1), Buffer.from('{}')]), /wrong signature/);
  assert.throws(() => verify('key', frames.slice(0, 3)), /at least 4 parts/);
  assert.throws(() => verify('key', frames.slice(1)), /delimiter/);
});

test('streams join, displays are updated in place, clear_output clears now or with the next output', () => {
  const outputs = new Outputs();
  const add = (type: string, content: object): void => outputs.add(message(type, content));
  add('stream', { name: 'stdout', text: 'a' });
  add('stream', { name: 'stdout', text: 'b' });
  add('stream', { name: 'stderr', text: 'c' });
  add('display_data', { data: { 'text/plain': '1' }, metadata: {}, transient: { display_id: 'd' } });
  add('update_display_data', { data: { 'text/plain': '2' }, metadata: {}, transient: { display_id: 'd' } });
  add('execute_input', { code: '' });
  assert.deepEqual(outputs.list, [
    { output_type: 'stream', name: 'stdout', text: 'ab' },
    { output_type: 'stream', name: 'stderr', text: 'c' },
    { output_type: 'display_data', data: { 'text/plain': '2' }, metadata: {} },
  ]);
  add('clear_output', { wait: true });
  assert.equal(outputs.list.length, 3);
  add('stream', { name: 'stderr', text: 'd' });
  assert.deepEqual(outputs.list, [{ output_type: 'stream', name: 'stderr', text: 'd' }]);
  add('clear_output', { wait: false });
  assert.deepEqual(outputs.list, []);
});

test('a request is done when reply and idle have come, in whatever order', async () => {
  const idle = message('status', { execution_state: 'idle' });
  const busy = message('status', { execution_state: 'busy' });
  const reply = message('execute_reply', {}, 'shell');
  for (const order of [
    [busy, reply, idle],
    [busy, idle, reply],
  ]) {
    const seen: string[] = [];
    const pending = new Pending({
      what: 'x',
      timeoutMs: Number.POSITIVE_INFINITY,
      onIopub: m => seen.push(m.header.msg_type),
    });
    let settled = false;
    void pending.settled.then(() => {
      settled = true;
    });
    for (const one of order) {
      await Promise.resolve();
      assert.equal(settled, false);
      pending.take(one);
    }
    assert.equal(await pending.settled, reply);
    assert.deepEqual(seen, []);
  }
});

test('the folder for kernelspecs, by system', () => {
  assert.equal(userDataFolder('linux', {}, '/home/u'), '/home/u/.local/share/jupyter');
  assert.equal(userDataFolder('linux', { XDG_DATA_HOME: '/x' }, '/home/u'), '/x/jupyter');
  assert.equal(userDataFolder('darwin', {}, '/Users/u'), '/Users/u/Library/Jupyter');
  assert.match(userDataFolder('win32', { APPDATA: 'C:/A' }, 'C:/u'), /jupyter$/);
  assert.equal(userDataFolder('linux', { JUPYTER_DATA_DIR: '/j' }, '/home/u'), '/j');
});
