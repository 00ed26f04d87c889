/** `interact` in a kernel: what a front end that moves the controls gets to see. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test, { after, before } from 'node:test';
import { KernelClient } from '#src/jupyter/client/kernel-client.js';
import { scenarioOf } from '#src/model/scenario.js';
import { scenarios } from '#src/stories/registry.js';
import { CommLine, type Got } from '../jupyter/comm-line.js';

let line: CommLine;
before(async () => {
  line = await CommLine.start();
  await line.run(
    "import { interact, slider, zoneDeviceLeak, zoneDevice, firstSteps, exploreLong, predict, reveal } from 'put-page';",
  );
});
after(() => line.kernel.shutdown());

type State = Readonly<Record<string, unknown>>;
const stateOf = (m: Got): State => (m.content.data as { state: State }).state;

/** Runs a cell; the models that it opened, by their description or name. */
async function cell(code: string): Promise<{ models: Map<string, string>; said: Got[] }> {
  const from = line.got.length;
  await line.run(code);
  const said = line.got.slice(from);
  const models = new Map(
    said
      .filter(m => m.header.msg_type === 'comm_open')
      .map(m => [String(stateOf(m).description || stateOf(m)._model_name), String(m.content.comm_id)]),
  );
  return { models, said };
}

const move = (id: string | undefined, state: State): string =>
  line.say(String(id), { method: 'update', state, buffer_paths: [] });
const bundles = (said: readonly Got[]): State[] =>
  said.filter(m => /display_data$/.test(m.header.msg_type)).map(m => m.content.data as State);
const plain = (said: readonly Got[]): string =>
  bundles(said)
    .map(b => b['text/plain'])
    .join('\n');

test('the cell shows controls, the figure of the defaults and its table; a move draws anew, in the same outputs', async () => {
  const { models, said } = await cell(
    "interact({ release: ['5.3', '5.4'], pages: slider(1, 5), touches: [1, 2] }, p => zoneDeviceLeak({ release: p.release, pages: p.pages }).run(p.touches === 1 ? [zoneDevice.guestTouches(0)] : [zoneDevice.guestTouches(0), zoneDevice.guestTouches(0)]));",
  );
  const shown = bundles(said);
  assert.equal(shown.length, 3);
  assert.ok('application/vnd.jupyter.widget-view+json' in (shown[0] ?? {}) && 'text/markdown' in (shown[0] ?? {}));
  assert.ok('application/vnd.plotly.v1+json' in (shown[1] ?? {}));
  assert.match(
    String(shown[2]?.['text/markdown']),
    /release 5\.3 · pages 1 · touches 1[\s\S]*<details>.*<table><thead><tr><th>step<\/th>.*<td>tdp_page_fault<\/td>/,
  );
  const ids = said
    .filter(m => m.header.msg_type === 'display_data')
    .map(m => (m.content.transient as State).display_id);
  const moved = await line.done(move(models.get('pages'), { value: 4 }));
  assert.deepEqual(
    moved.map(m => m.header.msg_type),
    ['comm_msg', 'update_display_data', 'update_display_data'],
  );
  assert.deepEqual(
    moved.slice(1).map(m => (m.content.transient as State).display_id),
    ids.slice(1),
  );
  assert.match(plain(moved), /pages 4/);
});

test('a scenario gives its own controls', async () => {
  const { models, said } = await cell(
    "interact(zoneDeviceLeak, host => host.explore(), { only: ['release', 'vcpus'] });",
  );
  assert.deepEqual(
    [...models.keys()].filter(k => !k.endsWith('Model')),
    ['release', 'vcpus'],
  );
  assert.match(plain(said), /every get is put/);
  const fixed = await line.done(move(models.get('release'), { index: 4 }));
  assert.match(plain(fixed), /release 5\.4-rc8[\s\S]*HOLDS/);
});

test('what is overtaken is not drawn: of many moves the last counts', async () => {
  const { models } = await cell(
    "let drawn = 0; interact({ x: slider(0, 2000) }, p => { drawn++; return 'x is ' + p.x; });",
  );
  let last = '';
  for (let x = 1; x <= 1000; x++) last = move(models.get('x'), { value: x });
  await line.done(last);
  await line.find(m => /x is 1000$/m.test(plain([m])), 'the last drawing');
  const { said } = await cell('console.log(drawn)');
  const times = Number(said.find(m => m.header.msg_type === 'stream')?.content.text);
  assert.ok(times >= 2 && times < 900, `drawn ${times} times`);
});

test('an error is shown in place, and the next move draws again', async () => {
  const { models } = await cell(
    "interact({ n: slider(1, 3) }, p => { if (p.n === 2) throw new TypeError('no page 2'); return 'n is ' + p.n; });",
  );
  assert.match(plain(await line.done(move(models.get('n'), { value: 2 }))), /TypeError: no page 2/);
  assert.match(plain(await line.done(move(models.get('n'), { value: 3 }))), /n is 3/);
});

test('an endless draw is interrupted, and the controls live on', async () => {
  await line.run('let told = false;');
  const { models } = await cell(
    "interact({ n: slider(1, 3) }, p => { while (p.n === 2) if (!told) { told = true; console.log('begun'); } return 'n is ' + p.n; });",
  );
  const said = move(models.get('n'), { value: 2 });
  await line.find(m => m.parent.msg_id === said && m.content.text === 'begun\n', 'the beginning');
  line.kernel.interrupt();
  const ended = await line.done(said);
  assert.match(plain(ended), /[Ii]nterrupted/);
  assert.match(plain(await line.done(move(models.get('n'), { value: 3 }))), /n is 3/);
});

test('a search in a thread stops when the control moves', async () => {
  const { models } = await cell(
    "await interact({ vcpus: slider(1, 4) }, async (p, live) => p.vcpus === 3 ? (await exploreLong(firstSteps.gupref({ pages: 5, vcpus: 3 }), { symmetry: 'off', ...live })).verdict : 'vcpus ' + p.vcpus);",
  );
  await line.done(move(models.get('vcpus'), { value: 3 }));
  await line.find(m => /vcpus 3: [\d,]+ states/.test(plain([m])), 'how far the search is');
  const next = await line.done(move(models.get('vcpus'), { value: 2 }));
  assert.match(plain(next), /vcpus 2/);
  await line.run('1 + 1');
});

test('a bet is placed with a click, may be changed, and reveal answers it', async () => {
  const { models, said } = await cell("predict('zd-count');");
  assert.match(String(bundles(said)[0]?.['text/markdown']), /One of: `1`, `2`, `3`, `4`/);
  const id = [...models].find(([name]) => name === 'ToggleButtonsModel')?.[1];
  const placed = await line.done(move(id, { index: 2 }));
  assert.match(JSON.stringify(placed.map(m => m.content)), /Your bet: <b>3<\/b>/);
  const answer = await cell("reveal('zd-count', 3);");
  assert.match(plain(answer.said), /You and the model agree/);
  await line.done(move(id, { index: 0 }));
  assert.match(plain((await cell("reveal('zd-count', 3);")).said), /You and the model differ/);
});

/** Resident memory, in MiB (proc(5)). */
const residentMiB = (pid: number): number =>
  (Number(readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')[1]) * 4096) / 1024 / 1024;

test('10,000 updates, and a cell that runs a hundred times, leave nothing behind', async () => {
  const { models } = await cell("interact({ x: slider(0, 20000) }, p => 'x is ' + p.x);");
  const flood = async (n: number): Promise<void> => {
    let last = '';
    for (let x = 0; x < n; x++) last = move(models.get('x'), { value: x });
    await line.done(last);
    line.got.length = 0;
  };
  await flood(1000);
  const before = residentMiB(line.kernel.pid ?? 0);
  await flood(10_000);
  const count = async (): Promise<number> =>
    Object.keys((await line.kernel.request('comm_info_request', {})).content.comms as object).length;
  const run = (): Promise<Got[]> =>
    line.done(
      line.send('execute_request', { code: 'interact({ y: [1, 2] }, p => String(p.y))', silent: false }, [], {
        cellId: 'same',
      }),
    );
  await run();
  const open = await count();
  for (let i = 0; i < 100; i++) await run();
  assert.equal(await count(), open);
  assert.ok(residentMiB(line.kernel.pid ?? 0) - before < 150, `${before} MiB before`);
});

test('an executed notebook holds no controls: what can be turned, the first figure, its table', async () => {
  const kernel = await KernelClient.start({ env: { PUT_PAGE_WIDGETS: 'off' } });
  try {
    const { outputs } = await kernel.execute(
      "import { interact, predict, slider, zoneDevice, zoneDeviceLeak } from 'put-page';\ninteract({ pages: slider(1, 5) }, p => zoneDeviceLeak(p).run([zoneDevice.guestTouches(0)]));\npredict('zd-count');",
    );
    const data = outputs.map(output =>
      output.output_type === 'display_data' ? output.data : assert.fail(output.output_type),
    );
    assert.equal(data.length, 4);
    assert.ok(data.every(one => !('application/vnd.jupyter.widget-view+json' in one)));
    assert.match(String(data[0]?.['text/markdown']), /Run the cell to change `pages`: 1 to 5/);
    assert.ok('image/svg+xml' in (data[1] ?? {}));
    assert.match(String(data[2]?.['text/markdown']), /pages 1\*[\s\S]*<details>/);
    assert.match(String(data[3]?.['text/markdown']), /predict\('zd-count', …\)/);
  } finally {
    await kernel.shutdown();
  }
});

test('every scenario is found by the function that makes its model', async () => {
  for (const scenario of scenarios) assert.equal(scenarioOf(scenario.maker), scenario, scenario.name);
  const { models, said } = await cell("interact(firstSteps.gupref, model => model.explore(), { only: ['bug'] });");
  assert.match(plain(said), /HOLDS/);
  assert.match(plain(await line.done(move(models.get('bug'), { value: 1 }))), /VIOLATED/);
});
