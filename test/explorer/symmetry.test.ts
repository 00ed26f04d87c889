/** A sort is used only where no step and no property can tell its elements apart: the smallest models in which one can. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { type EngineName, explore } from '#src/explorer/index.js';
import { bool, defineModel, done, int, pointer } from '#src/model/index.js';

const engines: readonly EngineName[] = ['interpreter', 'js', 'wasm'];

/** CPUs that each get something done once, in any order. */
const cpus = (n: number) =>
  defineModel('cpus', { sorts: { cpu: n }, state: { cpu: { ready: bool() } } }).process(
    'init',
    { per: 'cpu' },
    {
      run(_s, me) {
        me.ready = true;
        return done;
      },
    },
  );

for (const engine of engines) {
  test(`${engine}: "0 only after 1" tells two CPUs apart, so that they are not exchanged, and it is violated`, () => {
    const ordered = cpus(2).always('0 only after 1', s => s.cpu[0]?.ready !== true || s.cpu[1]?.ready === true);
    const v = explore(ordered, { engine, symmetry: 'on' });
    assert.deepEqual([v.verdict, v.trace?.steps.map(s => s.process)], ['violated', ['init[0]']]);
    assert.match(v.notes.join(), /'cpu' is not symmetric: property '0 only after 1' tells its elements apart/);
  });

  test(`${engine}: "0 or 1 only after 2" may exchange 0 and 1; that is not enough for all three`, () => {
    const ordered = cpus(3).always(
      '0 or 1 only after 2',
      s => (s.cpu[0]?.ready !== true && s.cpu[1]?.ready !== true) || s.cpu[2]?.ready === true,
    );
    const v = explore(ordered, { engine, symmetry: 'on' });
    assert.deepEqual([v.verdict, v.trace?.steps.length, v.orbits], ['violated', 1, undefined]);
    assert.match(v.notes.join(), /'cpu' is not symmetric/);
  });

  test(`${engine}: where nothing tells them apart, one order stands for all`, () => {
    const two = (s: { readonly cpu: readonly { readonly ready: boolean }[] }) =>
      s.cpu.filter(c => c.ready).length === 2;
    const v = explore(cpus(3).sometimes('two are ready', two), { engine });
    assert.deepEqual([v.orbits, v.certificate?.states, v.notes], [4, 8, []]);
  });

  test(`${engine}: sorts of which no state tells, and one that is only pointed to, make no state count twice`, () => {
    const idle = defineModel('idle', {
      sorts: { cpu: 3, node: 2, page: 2, socket: 2 },
      state: { node: { online: bool(true) }, cpu: { ready: bool() }, zone: { reserve: pointer('page') } },
    })
      .process(
        'init',
        { per: 'cpu' },
        {
          run(_s, me) {
            me.ready = true;
            return done;
          },
        },
      )
      .process(
        'fill',
        {},
        {
          reserve(s, _me, pick) {
            s.zone.reserve = pick(s.page);
            return done;
          },
        },
      );
    const v = explore(idle, { engine, symmetry: 'on' });
    const all = explore(idle, { engine, symmetry: 'off' });
    assert.deepEqual([v.orbits, v.certificate?.states, all.states], [4 * 2, 24, 24]);
  });

  test(`${engine}: two sorts, each exchanged for itself`, () => {
    const both = defineModel('both', {
      sorts: { cpu: 3, page: 2 },
      state: { cpu: { ready: bool() }, page: { clean: bool() } },
    })
      .process(
        'init',
        { per: 'cpu' },
        {
          run(_s, me) {
            me.ready = true;
            return done;
          },
        },
      )
      .process(
        'wipe',
        { per: 'page' },
        {
          clear_page(_s, me) {
            me.clean = true;
            return done;
          },
        },
      );
    const v = explore(both, { engine });
    assert.deepEqual([v.orbits, v.certificate?.states, v.notes], [12, 32, []]);
  });

  test(`${engine}: a step that fails is no reason, though its message names the element`, () => {
    const counts = defineModel('counts', {
      sorts: { cpu: 2 },
      state: { cpu: { n: int(0, 1), far: int(0, 1) } },
    }).process(
      'count',
      { per: 'cpu' },
      {
        once(_s, me) {
          me.n = 1;
        },
        twice(_s, me) {
          if (me.n === 0) me.far = 2;
          return done;
        },
      },
    );
    const v = explore(counts, { engine });
    assert.deepEqual([v.verdict, v.orbits, v.certificate?.states], ['holds', 6, 9]);
    // It fails in the same way whoever comes first, and the message names who it was in this run.
    const fails = counts.with('once', () => {});
    assert.throws(
      () => explore(fails, { engine }),
      /count\[\d\] in twice: cpu\[\d\]\.far = 2 is outside.*after 1 step:/s,
    );
  });
}
