/** The versions of the series: their table, where each breaks, and that the other models of the same kernels say the same. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { explore, verdictText } from '#src/explorer/index.js';
import { SERIES_DESIGNS, seriesDesign, thread } from '#src/linux/index.js';
import {
  SERIES_PAGES,
  SERIES_QUESTIONS,
  SERIES_VERSIONS,
  seriesCell,
  seriesFault,
  trackedReference,
} from '#src/stories/index.js';

const row = (version: string) => SERIES_QUESTIONS.map(q => seriesCell(version, q).text);
const verdict = (version: string, property: string, page: (typeof SERIES_PAGES)[number] = 'page of gup', map = false) =>
  explore(seriesFault({ version, page, map }), { property }).verdict;

test('the table: held at the install, walks with and without a count, the bit, puts, marks, kvm_vcpu_map', () => {
  assert.deepEqual(row('6.7'), [
    'yes',
    '1, 2, 1',
    'refused',
    'no',
    'one for each get',
    'what is there',
    'stale mapping',
  ]);
  assert.deepEqual(row('v2 to v5'), ['yes', '1', 'served', 'no', 'one for each get', 'may count 0', 'stale mapping']);
  assert.deepEqual(row('v6'), ['yes', '1', 'served', 'no', 'one for each get', 'may be gone', 'stale mapping']);
  for (const version of ['v7', 'v8'])
    assert.deepEqual(row(version), [
      'no',
      '1, 2, 1',
      'served',
      'yes',
      'one for each get',
      'may be gone',
      'stale mapping',
    ]);
  assert.deepEqual(row('v9'), ['yes', '1, 2: a leak', 'served', 'yes', 'never: a leak', 'what is there', 'refused']);
  assert.deepEqual(row('v9, 6/6 fixed'), [
    'yes',
    '1, 2, 1',
    'served',
    'yes',
    'one for each get',
    'what is there',
    'refused',
  ]);
  assert.deepEqual(row('v10, v11'), ['no', '1, 2, 1', 'served', 'yes', 'one for each get', 'may be gone', 'refused']);
  assert.deepEqual(row('v11 on 6.8'), ['no', '1, 2, 1', 'served', 'yes', 'one too many', 'may be gone', 'refused']);
  assert.deepEqual(row('v12, v13'), ['yes', '1', 'served', 'no', 'one for each get', 'what is there', 'refused']);
  assert.equal(SERIES_VERSIONS.length, 10);
});

test('every search is complete, and an access is served wherever the version means to serve it', () => {
  for (const { version, uncounted } of SERIES_DESIGNS)
    for (const page of SERIES_PAGES) {
      const v = explore(seriesFault({ version, page, map: true }));
      assert.ok(['holds', 'violated'].includes(v.verdict), `${version}, ${page}: ${verdictText(v)}`);
      const served = verdict(version, 'the access is served', page);
      assert.equal(served, page === 'walk, count 0' && !uncounted ? 'unreachable' : 'reached', `${version}, ${page}`);
    }
});

test('v6 and v7 mark after mmu_lock; v8 to v11 only where the fault is stale: its trace says so', () => {
  const gone = 'KVM marks no page that is gone';
  const last = (version: string) => explore(seriesFault({ version }), { property: gone }).trace?.steps.at(-1);
  assert.equal(last('v7')?.step, 'after_mmu_lock');
  assert.equal(verdict('v6', gone), 'holds', 'v6 holds what gup took');
  for (const page of ['walk, counted', 'walk, count 0'] as const) assert.equal(verdict('v6', gone, page), 'violated');
  for (const version of ['v8', 'v10, v11']) {
    assert.equal(last(version)?.step, 'kvm_tdp_mmu_map');
    assert.ok(
      last(version)?.changes.some(c => c.path.endsWith('.stale') && c.to === true),
      version,
    );
    assert.ok(
      last(version)?.changes.every(c => c.path !== 'spte.present'),
      version,
    );
  }
  for (const version of ['6.7', 'v2 to v5', 'v9', 'v9, 6/6 fixed', 'v12, v13'])
    for (const page of SERIES_PAGES) assert.equal(verdict(version, gone, page), 'holds', `${version}, ${page}`);
});

test('trackedReference tells the same of v11 on its base, v11 on 6.8, 6.13, and of the kvm_vcpu_map() hole', () => {
  const pairs = [
    ['page of gup', 'anonymous, order 0'],
    ['walk, counted', 'TTM head'],
    ['walk, count 0', 'TTM tail'],
    ['walk, no struct page', 'MMIO, no struct page'],
  ] as const;
  for (const [page, kind] of pairs) {
    const said = (version: string, map = false) =>
      ['accounting', 'each get has one put', 'what KVM maps for itself stays'].some(
        property => verdict(version, property, page, map) === 'violated',
      );
    const other = (o: Parameters<typeof trackedReference>[0]) =>
      explore(trackedReference({ ...o, kind })).verdict === 'violated';
    assert.equal(said('v10, v11'), other({ release: '6.8-rc3', v11: true }), page);
    assert.equal(said('v11 on 6.8'), other({ release: '6.8', v11: true }), page);
    assert.equal(said('v12, v13', true), other({ release: '6.13', map: true }), page);
    assert.equal(said('6.7', true), other({ release: '6.6', map: true }), page);
  }
});

test('thirteen versions, each with its date, its cover letter and what was read of it', () => {
  const versions = thread('knowing-what-you-hold').versions ?? [];
  assert.deepEqual(
    versions.map(v => v.version),
    Array.from({ length: 13 }, (_, i) => `v${i + 1}`),
  );
  assert.deepEqual(
    versions.map(v => v.date),
    versions.map(v => v.date).toSorted(),
  );
  for (const v of versions) {
    assert.match(v.message_id, /^\d{14}\.\d+-1-(stevensd|seanjc)@google\.com$/, v.version);
    const posted = v.message_id.slice(0, 8).replace(/(....)(..)(..)/, '$1-$2-$3');
    assert.ok(Math.abs(Date.parse(posted) - Date.parse(v.date)) <= 86_400_000, `${v.version}: ${posted}`);
    assert.ok(['read', 'inferred'].includes(v.evidence) && v.read !== '', v.version);
  }
  for (const d of SERIES_DESIGNS) assert.ok(d.source !== '', d.version);
});

test('what is not there is named', () => {
  assert.throws(() => seriesDesign('v14'), /no design is called 'v14'; expected one of 6.7; v2 to v5; v6/);
  assert.throws(() => seriesCell('v7', 'who'), /nothing is asked as 'who'/);
});
