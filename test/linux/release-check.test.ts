/** data/releases.json against what is known of dates, of the order of releases, and of the kernel's names. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { BEHAVIOUR_NAMES } from '#src/linux/data/behaviours.js';
import { faultFunction, hasName, kernelNames, placeNames } from '#src/linux/data/names.js';
import { MAINLINE, SERIES } from '#src/linux/data/release-names.js';
import { type ReleaseRow, releaseTable } from '#src/linux/data/release-table.js';
import { history, stableReleases } from '#src/linux/data/releases.js';
import { compareMainline, parseTag } from '#src/linux/data/tag.js';
import { tagDate, tagDates } from '#src/linux/data/tag-dates.js';

const table = releaseTable();

/** What is wrong with the dates of a row: a commit that is dated after a tag cannot be in it. */
function wrongDate(row: ReleaseRow): string | null {
  if (row.dated === undefined || row.from.includes('+')) return null;
  const tagged = tagDate(row.from).date;
  return row.dated <= tagged
    ? null
    : `${row.behaviour}: ${row.commit} is dated ${row.dated}, and ${row.from} was tagged on ${tagged}`;
}

test('no commit is dated after the tag that is said to have it', () => {
  const dated = table.rows.filter(r => r.dated !== undefined);
  assert.ok(dated.length > 40, `${dated.length} rows have a date`);
  assert.deepEqual(
    dated.map(wrongDate).filter(w => w !== null),
    [],
  );
});

test('the check finds what was wrong before: a commit of November 2024 in 6.12-rc1, one of June 2019 in 5.2-rc1', () => {
  const at = (behaviour: string, from: string) => table.rows.find(r => r.behaviour === behaviour && r.from === from);
  const loop = at('gup_loop', '6.12');
  const hang = at('devdax_hang_at', '5.2-rc5');
  assert.ok(loop !== undefined && hang !== undefined);
  assert.match(wrongDate({ ...loop, from: '6.12-rc7' }) ?? '', /94efde1d1539 is dated 2024-11-12, and 6\.12-rc7/);
  assert.match(
    wrongDate({ ...hang, from: '5.2-rc1' }) ?? '',
    /dated 2019-06-13, and 5\.2-rc1 was tagged on 2019-05-19/,
  );
});

test('every release that begins a dated row has a date, and dates are in the order of releases', () => {
  const mainline = Object.entries(tagDates()).filter(([tag]) => parseTag(tag).stable === undefined);
  const sorted = [...mainline].sort(([a], [b]) => compareMainline(parseTag(a), parseTag(b)));
  sorted.reduce((before, now) => {
    assert.ok(before[1].date < now[1].date, `${before[0]} of ${before[1].date}, then ${now[0]} of ${now[1].date}`);
    return now;
  });
  for (const [tag, { date }] of Object.entries(tagDates())) {
    const { line, stable } = parseTag(tag);
    const release = tagDates()[line];
    if (stable !== undefined && release !== undefined) assert.ok(date > release.date, tag);
  }
  assert.throws(() => tagDate('5.99-rc1'), /the date of 5\.99-rc1 is not in data\/tags\.json/);
});

test('stable rows are of lines that the table has, and those of a line are in order', () => {
  for (const line of new Set(table.stable.map(s => parseTag(s.tag).line))) {
    assert.ok(table.releases.includes(line), `${line} is not a release of the table`);
    for (const name of Object.keys(table.behaviours)) {
      const own = table.rows
        .filter(r => r.behaviour === name && parseTag(r.from).line === line)
        .map(r => parseTag(r.from).stable ?? 0)
        .filter(s => s > 0);
      const sorted = [...new Set(own)].sort((a, b) => a - b);
      assert.deepEqual(own, sorted, `${name} in ${line}`);
    }
  }
});

test('stable releases are listed for what they were looked at', () => {
  assert.ok(stableReleases('gup').includes('6.1.130') && stableReleases('gup').includes('5.10.262'));
  for (const elsewhere of ['4.14.157', '5.12.14', '5.19.2'])
    assert.ok(!stableReleases('gup').includes(elsewhere), elsewhere);
  assert.ok(stableReleases('kvm_owns_page').includes('4.14.157'));
});

test('the compiler knows the releases of the table', () => {
  assert.deepEqual(MAINLINE, table.releases);
  assert.deepEqual(
    SERIES,
    table.series.map(s => s.tag),
  );
});

test('a text that names a function holds for releases of which some have it', () => {
  const names = kernelNames();
  const all = [...table.releases];
  for (const behaviour of BEHAVIOUR_NAMES) {
    const { values } = table.behaviours[behaviour] ?? { values: {} as Record<string, string> };
    for (const row of history(behaviour)) {
      const text = `${row.value} ${values[row.value] ?? ''}`;
      const holds = all.filter(
        r =>
          compareMainline(parseTag(row.from), parseTag(r)) <= 0 &&
          (row.until === undefined || compareMainline(parseTag(r), parseTag(row.until)) < 0),
      );
      for (const { name } of names)
        if (new RegExp(`(?<!there is no )\\b${name}\\b`).test(text) && holds.length > 0)
          assert.ok(
            holds.some(r => hasName(r, name)),
            `${behaviour} '${row.value}' from ${row.from} names ${name}(), which none of its releases has`,
          );
    }
  }
});

test('names: when each begins and ends', () => {
  assert.deepEqual(['5.10', '5.14', '5.15-rc1', '6.1.192'].map(faultFunction), [
    'try_async_pf',
    'try_async_pf',
    'kvm_faultin_pfn',
    'kvm_faultin_pfn',
  ]);
  const has = (name: string, ...tags: readonly string[]) => tags.map(t => hasName(t, name));
  assert.deepEqual(has('kvm_tdp_mmu_map', '5.9', '5.10'), [false, true]);
  assert.deepEqual(has('kvm_release_pfn_clean', '6.12.117', '6.13-rc1'), [true, false]);
  assert.deepEqual(has('folio_is_pinnable', '5.19', '6.0'), [true, false]);
  assert.deepEqual(has('kvm_follow_refcounted_pfn', '6.8', '6.8+v11'), [false, true]);
  assert.throws(() => hasName('6.1', 'nonsense'), /does not know nonsense\(\); it knows try_async_pf/);
  for (const place of placeNames()) assert.ok(!kernelNames().some(n => n.name === place), place);
  for (const { name, from, until } of kernelNames())
    if (from !== null && until !== null) assert.ok(compareMainline(parseTag(from), parseTag(until)) < 0, name);
});
