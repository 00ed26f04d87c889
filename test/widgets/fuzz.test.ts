/** What a broken or a wild front end can send to controls: random messages, of any shape. The kernel lives, forgets nothing, and the controls go on. */
import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import fc from 'fast-check';
import { CommLine, type Got } from '../jupyter/comm-line.js';

const MESSAGES = 1500;
const SEED = 20260101;

let line: CommLine;
before(async () => {
  line = await CommLine.start();
  await line.run("import { interact, slider } from 'put-page';");
});
after(() => line.kernel.shutdown());

type Open = ReadonlyMap<string, string>;

/** The controls that a cell opened: model name and description, and comm. */
async function controls(): Promise<Open> {
  const from = line.got.length;
  await line.run("interact({ n: slider(1, 9), word: ['a', 'b'] }, p => 'n is ' + p.n + ', ' + p.word);");
  const opened = line.got.slice(from).filter(m => m.header.msg_type === 'comm_open');
  return new Map(opened.map(m => [nameOf(m), String(m.content.comm_id)]));
}

function nameOf(message: Got): string {
  const { state } = message.content.data as { state: Record<string, unknown> };
  return String(state.description || state._model_name);
}

interface Said {
  readonly type: string;
  readonly content: object;
  readonly buffers: readonly Uint8Array[];
}

/** Of the words that the protocol has, and of anything else. */
function anything(ids: readonly string[]): fc.Arbitrary<Said> {
  const any = fc.oneof(fc.jsonValue({ maxDepth: 2 }), fc.constantFrom('__proto__', 'constructor', 1e308, -1, ''));
  const key = fc.constantFrom(
    'value',
    'index',
    '_options_labels',
    'min',
    'max',
    '_model_name',
    'children',
    '__proto__',
  );
  const state = fc.oneof(fc.dictionary(key, any, { maxKeys: 4 }), any);
  const method = fc.oneof(fc.constantFrom('update', 'request_state', 'custom', 'echo_update', 'request_states'), any);
  const paths = fc.oneof(fc.constant([]), fc.array(fc.array(any, { maxLength: 3 }), { maxLength: 3 }), any);
  const data = fc.oneof(fc.record({ method, state, buffer_paths: paths, content: any }, { requiredKeys: [] }), any);
  const comm_id = fc.oneof({ weight: 6, arbitrary: fc.constantFrom(...ids) }, { weight: 1, arbitrary: any });
  const target_name = fc.oneof(fc.constantFrom('jupyter.widget', 'jupyter.widget.control', 'nobody'), any);
  const buffers = fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 2 });
  return fc.oneof(
    {
      weight: 8,
      arbitrary: fc.record({ type: fc.constant('comm_msg'), content: fc.record({ comm_id, data }), buffers }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        type: fc.constant('comm_open'),
        content: fc.record({ comm_id: any, target_name, data }, { requiredKeys: [] }),
        buffers,
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({ type: fc.constant('comm_close'), content: fc.record({ comm_id: any }), buffers }),
    },
  );
}

test(`${MESSAGES} random messages: each is answered, and the controls still draw`, async () => {
  const open = await controls();
  const ids = [...open.values()];
  const all = fc.sample(anything(ids), { numRuns: MESSAGES, seed: SEED });
  let last = '';
  for (const { type, content, buffers } of all) last = line.send(type, content, buffers);
  await line.done(last);
  const done = new Set(line.got.filter(m => m.content.execution_state === 'idle').map(m => m.parent.msg_id));
  assert.ok(done.size >= MESSAGES, `${done.size} were answered`);
  const said = line.say(open.get('n') ?? '', { method: 'update', state: { value: 7 }, buffer_paths: [] });
  const drawn = await line.done(said);
  assert.match(JSON.stringify(drawn.map(m => m.content.data)), /n is 7, [ab]/);
  const left = await line.kernel.request('comm_info_request', {});
  for (const id of ids) assert.ok(id in (left.content.comms as object), `${id} is gone, and nobody closed it`);
  await line.run("if (1 + 1 !== 2) throw new Error('?');");
});
