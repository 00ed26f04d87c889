/** The page_ref trace of a real kernel, change by change: counts, flags, and the functions that were running. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { type PageRefRecorded, pageRefRecording } from '#src/linux/index.js';
import { NOT_IN_STACKS, pageRefTrace } from '#src/replay/page-ref.js';
import { BadRecording } from '#src/replay/recording.js';

const rows = pageRefTrace();
const recorded = pageRefRecording();
const steps = (of: readonly PageRefRecorded[]) =>
  new Set(of.filter(r => r.exit === undefined).map(r => `${r.case} ${r.step}`));

test('every change of the trace is the model’s, in order: 15 steps, 16 changes, stacks included', () => {
  assert.deepEqual(
    rows.filter(r => r.differs.length > 0),
    [],
  );
  assert.equal(steps(recorded).size, 15);
  assert.equal(rows.length, recorded.filter(r => r.event !== undefined).length);
  assert.equal(rows.length, 16);
});

test('a pin takes 1 and then 1023; a guest’s read counts 2, 3, 2, for the activate batch; a tail is refused', () => {
  const changes = (step: string, of = 'anon') =>
    rows.filter(r => r.step === step && r.case.includes(of)).map(r => [r.model?.change, r.model?.count]);
  assert.deepEqual(changes('pin_user_pages_fast(W)'), [
    [1, 2],
    [1023, 1025],
  ]);
  assert.deepEqual(changes('KVM_RUN guest read'), [
    [1, 2],
    [1, 3],
    [-1, 2],
  ]);
  assert.deepEqual(changes('KVM_RUN guest read', 'tail1'), [[0, 0]]);
});

test('the innermost functions are those that notebook 05 tells of: the second mark of access is by way of the batch', () => {
  const at = (step: string, i: number) => rows.find(r => r.step === step && r.i === i)?.both;
  assert.deepEqual(at('KVM_RUN guest read', 1), ['folio_activate', 'folio_mark_accessed', 'kvm_release_page_clean']);
  assert.deepEqual(at('VM destroy', 0), ['put_page_testzero', 'folio_batch_move_lru', 'lru_add_drain']);
});

test('each function that is in no stack has its reason, and is one that the model runs', () => {
  const ran = new Set(rows.flatMap(r => r.model?.stack ?? []));
  for (const [name, why] of Object.entries(NOT_IN_STACKS)) assert.ok(ran.has(name) && why.length > 5, name);
});

test('a trace that says anything else is found out', () => {
  const i = recorded.findIndex(r => r.step === 'KVM_RUN guest read' && r.event?.includes('val=1 ret=1'));
  const lie = (change: (row: PageRefRecorded) => PageRefRecorded | null) =>
    pageRefTrace(recorded.flatMap((row, n) => (n === i ? (change(row) ?? []) : row))).flatMap(r => r.differs);
  const event = (from: string, to: string) => (row: PageRefRecorded) => ({
    ...row,
    event: row.event?.replace(from, to) ?? '',
  });
  assert.match(lie(event('count=2', 'count=3')).join(), /count is 3, the model says 2/);
  assert.match(lie(event('mapcount=1', 'mapcount=2')).join(), /mapcount is 2/);
  assert.match(lie(event('referenced|', '')).join(), /referenced is false, the model says true/);
  assert.match(
    lie(row => ({ ...row, stack: row.stack?.replace('hva_to_pfn', 'hva_to_hva') ?? '' })).join(),
    /hva_to_pfn is not in/,
  );
  assert.match(lie(() => null).join(), /only the model has it/);
  assert.throws(() => lie(row => ({ ...row, event: 'page_ref_nonsense' })), BadRecording);
  assert.throws(() => lie(row => ({ ...row, step: 'nap' })), BadRecording);
});
