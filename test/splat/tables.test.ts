/** The decoder's tables against what the kernels' own headers say (data/page-tables.json, made by lab/page-tables.ts). */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { inRange } from '#src/splat/flags.js';
import { flagLayouts } from '#src/splat/layouts/flags.js';
import { pageTypeLayouts } from '#src/splat/layouts/page-types.js';
import { releaseRows } from '#src/splat/layouts/releases.js';
import { parseRelease } from '#src/splat/release.js';
import { type PageTables, readPageTables } from '../../lab/page-tables.js';

const read = JSON.parse(
  readFileSync(new URL('../../../data/page-tables.json', import.meta.url), 'utf8'),
) as PageTables[];

test('headers of 32 releases were read, each release once', () => {
  const releases = read.map(r => r.release);
  assert.ok(releases.length >= 32, `${releases.length}`);
  assert.equal(new Set(releases).size, releases.length);
});

for (const r of read)
  test(`${r.release}: flags, types and free checks are those of ${r.source}`, () => {
    const row = releaseRows.find(x => x.release === r.release);
    assert.ok(row !== undefined, 'the release has a row');
    assert.equal(row.level, 'read');
    assert.ok(row.text.includes(r.source), `the row names ${r.source}: ${row.text}`);
    const release = parseRelease(r.release);
    const layout = flagLayouts.find(l => l.id === row.flags);
    assert.ok(release !== null && layout !== undefined);
    assert.deepEqual(layout.flags, r.flags);
    const optional = layout.optional.filter(o =>
      inRange(release, { from: o.from ?? layout.from, until: o.until ?? null }),
    );
    assert.deepEqual(
      optional.map(o => o.name),
      r.optional,
    );
    const types = pageTypeLayouts.find(t => t.id === row.types);
    assert.ok(types !== undefined);
    assert.deepEqual(
      Object.fromEntries(Object.entries(types.types)),
      Object.fromEntries(Object.entries(r.types).map(([name, number]) => [name, Number(number)])),
    );
    // A flag that the release does not have is not checked either.
    const known = new Set([...layout.flags, ...optional.map(o => o.name)]);
    assert.deepEqual(layout.checkedAtFree.filter(f => known.has(f)).sort(), [...r.checkedAtFree].sort());
  });

test('the reader of headers takes flags, optional flags, types and checks, and says when it is no such header', () => {
  const header = `enum pageflags {
\tPG_locked,\t\t/* Page is locked. Don't touch. */
#ifdef CONFIG_MMU
\tPG_mlocked,
#endif
\t__NR_PAGEFLAGS,
\tPG_checked = PG_locked,
};
#define PG_buddy\t0x00000080
\tPGTY_slab\t= 0xf5,
\tPGTY_mapcount_underflow = 0xff
#define PAGE_FLAGS_CHECK_AT_FREE (1UL << PG_locked | __PG_MLOCKED)

`;
  assert.deepEqual(readPageTables('9.9', 'x', header, '#define PAGE_BUDDY_MAPCOUNT_VALUE (-128)\n').types, {
    buddy: '0x00000080',
    slab: '0xf5',
  });
  const t = readPageTables('9.9', 'x', header, '');
  assert.deepEqual([t.flags, t.optional, t.checkedAtFree], [['locked'], ['mlocked'], ['locked', 'mlocked']]);
  assert.throws(() => readPageTables('9.9', 'x', 'int x;', ''), /not this header/);
});
