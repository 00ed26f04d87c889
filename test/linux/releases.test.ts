/** data/releases.json keeps its own rules, and the lookup answers as a kernel person would. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { releaseTable } from '#src/linux/data/release-table.js';
import { history, knownReleases, release } from '#src/linux/data/releases.js';
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
    for (const e of [row.evidence, row.from_evidence ?? 'read'])
      assert.ok(['recorded', 'read', 'inferred'].includes(e), `${at}: ${e}`);
    assert.ok(row.source, at);
    assert.ok(Object.hasOwn(table.behaviours[row.behaviour]?.values ?? {}, row.value), `${at}: value ${row.value}`);
  }
});

test('rows of a behaviour are in order, each from a known release, no two from the same', () => {
  for (const name of Object.keys(table.behaviours)) {
    const rows = history(name);
    assert.ok(rows.length > 0, `${name} has no row`);
    rows.reduce((before, row) => {
      assert.ok(compareMainline(parseTag(before.from), parseTag(row.from)) < 0, `${name}: ${before.from}, ${row.from}`);
      return row;
    });
    for (const row of table.rows.filter(r => r.behaviour === name)) assert.equal(release(row.from).rule(name), row);
  }
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

test('what is unknown is refused with what is known', () => {
  assert.throws(() => release('6.1.50'), /6\.1\.50.*not guessed from 6\.1.*6\.1\.192/);
  assert.throws(() => release('9.9'), /9\.9 is not in data\/releases\.json; known: mainline 4\.3 to 7\.2/);
  assert.throws(() => release('6.8+v99'), /series 6\.8\+v99/);
  assert.throws(() => release('five'), /'five' is not the name of a release; expected one like 5\.3/);
  assert.throws(() => release('5.4-rc99'), /not the name of a release/);
  assert.throws(() => release('5.4').rule('nonsense'), /no behaviour is called 'nonsense'/);
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
