/** Every model here against the description that @jupyter-widgets publishes: the fields, their types, their defaults, the classes. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { Ajv } from 'ajv';
import type { Comm, CommHost, CommMessage } from '#src/jupyter/comms/host.js';
import { projectRoot } from '#src/jupyter/project-root.js';
import {
  buttons,
  checkbox,
  classesOf,
  dropdown,
  type KindName,
  kinds,
  play,
  radio,
  slider,
  steps,
  Widget,
} from '#src/widgets/index.js';

interface Attribute {
  readonly name: string;
  readonly type: string;
  readonly default: unknown;
  readonly allow_none?: boolean;
  readonly enum?: readonly unknown[];
}
interface Described {
  readonly model: { readonly module: string; readonly name: string; readonly version: string };
  readonly view: { readonly module: string; readonly name: string | null; readonly version: string };
  readonly attributes: readonly Attribute[];
}

const folder = path.join(projectRoot, 'node_modules', '@jupyter-widgets', 'schema');
const described: readonly Described[] = JSON.parse(
  readFileSync(path.join(folder, 'jupyterwidgetmodels.latest.json'), 'utf8'),
);
const stateSchema = JSON.parse(readFileSync(path.join(folder, 'v2', 'state.schema.json'), 'utf8'));

const attributesOf = (name: unknown): readonly Attribute[] =>
  described.find(d => d.model.name === name)?.attributes ?? assert.fail(`no model ${String(name)}`);

/** What is wrong with a value, or nothing. */
function problem(a: Attribute, value: unknown): string | undefined {
  if (value === null) return a.allow_none === true ? undefined : `${a.name} is null`;
  const right: Readonly<Record<string, (v: unknown) => boolean>> = {
    string: v => typeof v === 'string',
    bool: v => typeof v === 'boolean',
    int: v => Number.isInteger(v),
    float: v => typeof v === 'number',
    array: Array.isArray,
    reference: v => /^IPY_MODEL_./.test(String(v)),
  };
  if (right[a.type]?.(value) !== true) return `${a.name} = ${JSON.stringify(value)} is no ${a.type}`;
  return a.enum !== undefined && !a.enum.includes(value) ? `${a.name} = ${String(value)} is not allowed` : undefined;
}

function problems(state: Readonly<Record<string, unknown>>): string[] {
  const attributes = attributesOf(state._model_name);
  const names = attributes.map(a => a.name).sort();
  assert.deepEqual(Object.keys(state).sort(), names, `the fields of ${String(state._model_name)}`);
  return attributes.flatMap(a => problem(a, state[a.name]) ?? []);
}

for (const kind of Object.keys(kinds) as KindName[])
  test(`a new ${kind} is as @jupyter-widgets/schema says`, () => {
    const known = described.find(d => d.model.name === `${kind}Model`) ?? assert.fail(kind);
    assert.deepEqual(classesOf(kind), {
      _model_module: known.model.module,
      _model_module_version: known.model.version,
      _model_name: known.model.name,
      _view_module: known.view.module,
      _view_module_version: known.view.version,
      _view_name: known.view.name,
    });
    const own = known.attributes.filter(
      a => a.type !== 'reference' && !a.name.startsWith('_model') && !a.name.startsWith('_view'),
    );
    assert.deepEqual({ ...kinds[kind].state }, Object.fromEntries(own.map(a => [a.name, a.default])));
  });

interface Sent extends Partial<CommMessage> {
  readonly id: string;
  readonly type: string;
}

/** A host that notes what is sent, and hands messages in. */
function fakeHost() {
  const sent: Sent[] = [];
  const lines = new Map<string, Comm>();
  const targets = new Map<string, (comm: Comm, message: CommMessage) => unknown>();
  let ids = 0;
  const line = (id: string, target: string): Comm => {
    const comm: Comm = {
      id,
      target,
      onMessage: undefined,
      onClose: undefined,
      send: (data, more) => void sent.push({ id, type: 'comm_msg', data, ...more }),
      close: () => void sent.push({ id, type: 'comm_close' }),
    };
    lines.set(id, comm);
    return comm;
  };
  const host: CommHost = {
    newId: () => `w-${++ids}`,
    register: (target, opened) => void targets.set(target, opened),
    later: async work => work(),
    open: (target, { id = host.newId(), ...message }) => {
      sent.push({ id, type: 'comm_open', ...message });
      return line(id, target);
    },
  };
  const hear = (id: string, data: CommMessage['data'], buffers: readonly Uint8Array[] = []): void =>
    void lines.get(id)?.onMessage?.({ data, metadata: {}, buffers });
  const visit = (target: string): void =>
    void targets.get(target)?.(line('visitor', target), { data: {}, metadata: {}, buffers: [] });
  return { host, sent, hear, visit };
}

test('the state of every control is valid, whatever it was made with', () => {
  const { host, sent } = fakeHost();
  const made = [
    slider(1, 5),
    slider(0, 1, 0.25, 0.5),
    play(1, 9),
    dropdown(['5.3', '5.4']),
    buttons([0, 1, 2], 1),
    radio([true, false]),
    steps(['4.8', '5.3', '6.1']),
    checkbox(true),
  ];
  for (const [i, control] of made.entries())
    control.build(`control ${i}`, (kind, state) => new Widget(host, kind, state));
  new Widget(host, 'VBox', { children: ['IPY_MODEL_w-1'], layout: { width: '50%' } });
  const opened = sent.filter(s => s.type === 'comm_open').map(s => s.data?.state as Record<string, unknown>);
  assert.ok(opened.length > made.length);
  for (const state of opened) assert.deepEqual(problems(state), []);
  assert.ok(sent.every(s => s.metadata?.version === '2.1.0'));
});

test('all states at once are a valid widget state, with every widget that is open', () => {
  const { host, sent, hear, visit } = fakeHost();
  const widget = new Widget(host, 'Text', { value: 'abc' });
  visit('jupyter.widget.control');
  hear('visitor', { method: 'request_states' });
  const { states, buffer_paths, method } = sent.at(-1)?.data ?? {};
  assert.equal(method, 'update_states');
  assert.deepEqual(buffer_paths, []);
  assert.equal(Object.keys(states as object).length, 3, 'the field, its layout, its style');
  const valid = new Ajv({ strict: false, validateFormats: false }).compile(stateSchema);
  assert.ok(valid({ version_major: 2, version_minor: 0, state: states }), JSON.stringify(valid.errors));
  assert.equal((states as Record<string, { state: { value: string } }>)[widget.id]?.state.value, 'abc');
});

test('a change by a front end is echoed to all, and only what the model has is taken', () => {
  const { host, sent, hear } = fakeHost();
  const widget = new Widget(host, 'IntSlider', { max: 5 });
  const changes: unknown[] = [];
  widget.onChange = changed => changes.push(changed);
  sent.length = 0;
  hear(widget.id, {
    method: 'update',
    state: { value: 3, _model_name: 'X', nothing: 1, ['__proto__']: 1 },
    buffer_paths: [],
  });
  assert.deepEqual(
    sent.map(s => s.data),
    [{ method: 'echo_update', state: { value: 3 }, buffer_paths: [] }],
  );
  assert.deepEqual(changes, [{ value: 3 }]);
  assert.equal(widget.state._model_name, 'IntSliderModel');
  hear(widget.id, { method: 'request_state' });
  assert.equal((sent.at(-1)?.data?.state as { value: number } | undefined)?.value, 3);
  for (const junk of [
    {},
    { method: 5 },
    { method: 'update' },
    { method: 'update', state: [1] },
    { method: 'custom', content: null },
    { method: 'update', state: { value: 1 }, buffer_paths: [['a', 'b'], 7, []] },
  ])
    hear(widget.id, junk as CommMessage['data'], [new Uint8Array(2)]);
});

test('bytes travel beside the JSON, both ways', () => {
  const { host, sent, hear } = fakeHost();
  const widget = new Widget(host, 'HTML');
  sent.length = 0;
  widget.set({ value: { a: [1, new Uint8Array([7, 8])], b: new Uint8Array([9]) } });
  assert.deepEqual(sent[0]?.data, {
    method: 'update',
    state: { value: { a: [1, null], b: undefined } },
    buffer_paths: [
      ['value', 'a', 1],
      ['value', 'b'],
    ],
  });
  assert.deepEqual(
    sent[0]?.buffers?.map(b => [...b]),
    [[7, 8], [9]],
  );
  hear(widget.id, { method: 'update', state: { value: { a: [1, null] } }, buffer_paths: [['value', 'a', 1]] }, [
    new Uint8Array([5]),
  ]);
  assert.deepEqual(widget.state.value, { a: [1, new Uint8Array([5])] });
});

test('a control’s value is always one of the allowed, whatever a front end sends', () => {
  const { host, hear } = fakeHost();
  const make = (kind: KindName, state: object) => new Widget(host, kind, state as never);
  const range = slider(1, 5, 1, 2).build('pages', make);
  const list = dropdown(['a', 'b'], 'b').build('list', make);
  for (const value of [99, -1, Number.NaN, 'x', null, {}, undefined]) {
    hear(range.source.id, { method: 'update', state: { value } });
    assert.ok(range.read() >= 1 && range.read() <= 5);
    hear(list.source.id, { method: 'update', state: { index: value } });
    assert.ok(['a', 'b'].includes(list.read()));
  }
});
