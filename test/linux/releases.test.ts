/** data/releases.json keeps its own rules, and the lookup answers as a kernel person would. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { BEHAVIOUR_NAMES, BEHAVIOURS, type BehaviourName } from '#src/linux/data/behaviours.js';
import { checkedTable, LEVELS, READINGS, releaseTable, weakest } from '#src/linux/data/release-table.js';
import { history, knownReleases, release, stableHistory } from '#src/linux/data/releases.js';
import { compareMainline, parseTag } from '#src/linux/data/tag.js';

const table = releaseTable();

test('every row has a commit or says why not, evidence, a source, and a declared value', () => {
  assert.ok(table.rows.length > 0);
  for (const row of table.rows) {
    const at = `${row.behaviour} from ${row.from}`;
    assert.ok((row.commit === undefined) !== (row.why_no_commit === undefined), `${at}: one of commit, why_no_commit`);
    if (row.commit !== undefined) {
      assert.match(row.commit, /^[0-9a-f]{12}$/, at);
      assert.ok(row.subject, `${at}: a commit is named by its subject too`);
    }
    for (const e of [row.evidence, row.from_evidence]) assert.ok(LEVELS.includes(e), `${at}: ${e}`);
    if (row.dated !== undefined) assert.match(row.dated, /^20\d\d-[01]\d-[0-3]\d$/, at);
    assert.ok(READINGS.includes(row.reading.what) && ['first', 'second'].includes(row.reading.by), at);
    assert.match(row.reading.at, /^([0-9a-f]{12}|\d+\.\d+.*)$/, at);
    const bare = row.reading.what === 'title' || row.reading.what === 'none';
    assert.ok(!bare || row.evidence !== 'read' || row.source !== '', at);
    assert.ok(row.source, at);
    assert.ok(Object.hasOwn(table.behaviours[row.behaviour]?.values ?? {}, row.value), `${at}: value ${row.value}`);
  }
});

test('rows of a behaviour are in order, each from a known release, no two from the same', () => {
  for (const name of BEHAVIOUR_NAMES) {
    const rows = history(name);
    assert.ok(rows.length > 0, `${name} has no row`);
    rows.reduce((before, row) => {
      assert.ok(compareMainline(parseTag(before.from), parseTag(row.from)) < 0, `${name}: ${before.from}, ${row.from}`);
      return row;
    });
    for (const row of table.rows.filter(r => r.behaviour === name)) assert.equal(release(row.from).rule(name), row);
  }
});

test('behaviours.ts and the file declare the same behaviours with the same values, and a wrong row is refused at load', () => {
  assert.deepEqual(BEHAVIOUR_NAMES, Object.keys(table.behaviours));
  for (const name of BEHAVIOUR_NAMES)
    assert.deepEqual([...BEHAVIOURS[name]], Object.keys(table.behaviours[name]?.values ?? {}), name);
  const with0 = (change: Record<string, string>) => ({
    ...table,
    rows: table.rows.map((row, i) => (i === 0 ? { ...row, ...change } : row)),
  });
  assert.throws(
    () => checkedTable(with0({ value: 'AA' })),
    /row 0 \(zone_device_refcount .*no value 'AA'.*did you mean 'A'/,
  );
  assert.throws(
    () => checkedTable(with0({ behaviour: 'kvm_own_page' })),
    /no behaviour 'kvm_own_page'.*kvm_owns_page'\?/,
  );
  assert.equal(checkedTable(with0({})).rows.length, table.rows.length);
});

test('every value that a behaviour declares is given by some row', () => {
  for (const [name, b] of Object.entries(table.behaviours))
    for (const value of Object.keys(b.values))
      assert.ok(
        table.rows.some(r => r.behaviour === name && r.value === value),
        `${name}: ${value}`,
      );
});

test('a release candidate, a release, a stable release', () => {
  const owns = (tag: string) => release(tag).value('kvm_owns_page');
  assert.equal(owns('5.3'), 'reserved');
  assert.equal(owns('v5.4-rc7'), 'reserved');
  assert.equal(owns('5.4-rc8'), 'reserved-not-device');
  assert.equal(owns('5.4'), 'reserved-not-device');
  assert.equal(owns('6.1.192'), 'refcounted-page');
  assert.equal(owns('7.2.13'), 'tracked-page');
  assert.equal(release('5.3').rule('kvm_owns_page').evidence, 'read');
  assert.equal(release('5.4').rule('kvm_owns_page').commit, 'a78986aae9b2');
});

test("a stable row overrides mainline's in its own line only", () => {
  assert.equal(release('5.10').value('kvm_gets_pfnmap'), 'get_page');
  assert.equal(release('5.10.262').value('kvm_gets_pfnmap'), 'get_page_unless_zero');
  assert.equal(release('5.11').value('kvm_gets_pfnmap'), 'get_page');
});

test('corrections of November 2026: the value and its first release', () => {
  const value = (tag: string, b: BehaviourName) => release(tag).value(b);
  assert.deepEqual(
    ['6.12-rc7', '6.12'].map(t => value(t, 'gup_loop')),
    ['folios', 'pofs'],
  );
  assert.deepEqual(
    ['5.10', '5.10.146', '5.10.262', '5.15.68', '6.0-rc4', '6.0-rc5', '6.1.192', '6.12'].map(t =>
      value(t, 'vfio_zero_pin'),
    ),
    [
      'kept',
      'unpinned-at-once',
      'unpinned-at-once',
      'unpinned-at-once',
      'kept',
      'unpinned-at-once',
      'unpinned-at-once',
      'kept',
    ],
  );
  assert.deepEqual(
    ['5.2-rc4', '5.2-rc5'].map(t => value(t, 'devdax_hang_at')),
    ['dax_pmem_percpu_exit', 'devm_memremap_pages_release'],
  );
  assert.deepEqual(
    ['6.1.130', '6.1.135'].map(t => value(t, 'gup_pins_zero_page')),
    ['refused', 'uncounted'],
  );
  assert.deepEqual(
    ['5.10', '5.13', '5.19', '6.1.192'].map(t => value(t, 'gup_unpin_steps')),
    ['page', 'run', 'run', 'page'],
  );
  assert.deepEqual(
    ['5.3.12', '5.4', '5.4.69', '5.6'].map(t => value(t, 'kvm_owns_page')),
    ['reserved-not-device', 'reserved-not-device', 'reserved-not-device-not-zero', 'reserved-not-device-not-zero'],
  );
  assert.deepEqual(
    ['5.4.129', '5.10.47', '5.12.14', '5.13'].map(t => value(t, 'kvm_gets_pfnmap')),
    Array(4).fill('get_page_unless_zero'),
  );
  assert.deepEqual(
    ['5.17', '5.18'].map(t => value(t, 'mlock_batches')),
    ['no', 'yes'],
  );
  assert.deepEqual(
    ['5.19', '6.0'].map(t => value(t, 'device_coherent')),
    ['no', 'yes'],
  );
  assert.equal(release('6.17').rule('gup_takes_pgmap').commit, 'fd2825b0760a');
  assert.equal(release('6.9').rule('vfio_zero_pin').subject, 'Revert "vfio/type1: Unpin zero pages"');
});

test('the level of an answer is the weakest of the rule, its first release, and its being in a stable line', () => {
  assert.equal(weakest('recorded', 'read'), 'read');
  assert.equal(weakest('recorded', 'inferred', 'read'), 'inferred');
  assert.throws(() => weakest(), /at least one of inferred, read, recorded/);
  assert.equal(release('5.4').level('kvm_owns_page'), 'read');
  assert.equal(release('5.5').level('thp_adjust'), 'read');
  assert.equal(release('5.6').level('thp_adjust'), 'inferred');
  assert.equal(release('6.12.117').level('gup_loop'), 'read', 'its source was read');
  assert.equal(release('6.1.129').level('gup_unpinnable'), 'read', 'a row of its own');
  assert.equal(
    release('6.1.129').level('kvm_owns_page'),
    'inferred',
    "mainline's rule, in a stable release that nobody read for it",
  );
});

test('what is unknown is refused with what is known', () => {
  assert.throws(() => release('6.1.50'), /6\.1\.50.*not guessed from 6\.1.*6\.1\.192/);
  // What the compiler knows to be none: kit/reader.test.ts.
  const unchecked = (name: string) => () => release(name);
  assert.throws(unchecked('9.9'), /9\.9 is not in data\/releases\.json; known: mainline 4\.3 to 7\.2/);
  assert.throws(unchecked('6.8+v99'), /series 6\.8\+v99/);
  assert.throws(unchecked('five'), /'five' is not the name of a release; expected one like 5\.3/);
  assert.throws(() => release('5.4-rc99'), /not the name of a release/);
  // @ts-expect-error: the compiler knows the behaviours
  const misspelt = () => release('5.4').rule('kvm_own_page');
  assert.throws(misspelt, /no behaviour is called 'kvm_own_page'.*did you mean 'kvm_owns_page'/);
  assert.throws(() => release('4.3').rule('kvm_gets_pfnmap'), /nothing about kvm_gets_pfnmap in 4\.3.*4\.8-rc1/);
});

test('the history has no gaps: each row ends where the next begins', () => {
  const eras = history('zone_device_refcount');
  assert.deepEqual(
    eras.map(r => [r.value, r.from, r.until]),
    [
      ['none', '4.3', '4.5-rc1'],
      ['A', '4.5-rc1', '4.12-rc1'],
      ['B', '4.12-rc1', '5.18-rc1'],
      ['C', '5.18-rc1', '6.15-rc1'],
      ['D', '6.15-rc1', undefined],
    ],
  );
  assert.ok(knownReleases().includes('6.12.117'));
});

test('the history of the stable lines: rows of one line only, and each ends the one before it there', () => {
  const rows = stableHistory('gup_unpinnable');
  const of = (line: string) => rows.filter(r => parseTag(r.from).line === line).map(r => [r.from, r.value]);
  assert.deepEqual(of('6.1'), [
    ['6.1.129', 'accept'],
    ['6.1.155', 'retry'],
  ]);
  assert.ok(rows.every(r => !history('gup_unpinnable').some(m => m.from === r.from)));
});
