/** Who meets the zero page, what QEMU says, and the model against recordings of pinned zero PTEs. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { PC_ROM, qemuAnswer, RECORDED_KERNELS, recorded, vfioBatches } from '#src/linux/index.js';
import { valueAt } from '#src/model/index.js';
import { pinnedZeroPtes, pinRun, pinSetups } from '#src/stories/index.js';

const outcomes = (release: string) => pinSetups(release).map(s => `${s.outcome}${s.right === false ? ', stale' : ''}`);

test('only read-only pins meet the zero page', () => {
  assert.deepEqual(outcomes('5.18'), ['the zero page, stale', 'own pages', 'own pages', 'own pages', 'own pages']);
  assert.deepEqual(outcomes('5.19-rc2'), ['never ends', 'own pages', 'own pages', 'own pages', 'own pages']);
  assert.deepEqual(outcomes('6.1.130'), ['error -ENOMEM', 'own pages', 'own pages', 'own pages', 'own pages']);
});

test('from 6.2 on gup unshares, and RDMA no longer forces a write', () => {
  for (const release of ['6.2', '6.12', '7.2'])
    assert.ok(
      pinSetups(release).every(s => s.outcome === 'own pages' && s.right === true),
      release,
    );
  const rdma = (release: string) => pinSetups(release)[2]?.flags;
  assert.equal(rdma('6.1'), 'FOLL_WRITE|FOLL_FORCE|FOLL_LONGTERM');
  assert.equal(rdma('6.2'), 'FOLL_LONGTERM');
});

test('memfd_pin_folios came with 6.11', () => {
  assert.equal(pinSetups('6.10').length, 5);
  assert.equal(pinSetups('6.11').length, 6);
});

test('pc.rom is one call of gup', () => {
  assert.deepEqual([PC_ROM.pages, PC_ROM.bytes, PC_ROM.address], [32, 128 * 1024, 0xc0000]);
  assert.deepEqual(vfioBatches(PC_ROM.pages), [32]);
  assert.deepEqual(vfioBatches(1100), [512, 512, 76]);
  assert.deepEqual(vfioBatches(0), []);
  assert.throws(() => vfioBatches(-1), /expected a whole number of pages/);
});

test('QEMU: a hang says nothing; EBUSY is tried twice; at run time an error kills the guest', () => {
  assert.match(qemuAnswer('never').says, /hangs/);
  assert.deepEqual([qemuAnswer('-EBUSY').tries, qemuAnswer('-ENOMEM').tries], [2, 1]);
  assert.match(qemuAnswer('-EINVAL').says, /pc\.rom.*EINVAL; the set-up fails/);
  assert.match(qemuAnswer('-EINVAL', 'runtime').says, /hw_error/);
  assert.match(qemuAnswer('nr_pages').says, /starts/);
});

const LONGTERM: readonly (readonly [step: string, mapping: 'read-only' | 'read-write'])[] = [
  ['pin_user_pages(R|LONGTERM)', 'read-only'],
  ['pin_user_pages_fast(R|LONGTERM)', 'read-only'],
  ['pin_user_pages_fast(W|LONGTERM)', 'read-write'],
];
for (const [step, mapping] of LONGTERM)
  test(`recorded: ${step} of 8 zero PTEs`, () => {
    const rows = pinnedZeroPtes(step, mapping);
    assert.deepEqual(
      rows.map(r => r.kernel),
      RECORDED_KERNELS,
    );
    for (const r of rows) assert.deepEqual(r.model, r.recorded, r.kernel);
    for (const kernel of RECORDED_KERNELS) {
      const row = recorded('zeropage-gup', step)[0]?.in[kernel];
      const run = pinRun({ release: kernel, kinds: 'Z'.repeat(Number(row?.ret)), mapping });
      assert.equal(run.zero - 1, row?.deltaAfterGup, 'the zero page counts no pin');
    }
  });

test('recorded: the two kernels differ in one rule, and so does the model', () => {
  const zero = (kernel: string) => valueAt(pinRun({ release: kernel, kinds: 'Z' }).trace, 'page[0].pte');
  assert.deepEqual(RECORDED_KERNELS.map(zero), ['zero', 'page']);
});
