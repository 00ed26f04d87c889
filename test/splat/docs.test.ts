/** docs/decode.md shows the tables that the decoder uses. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { flagLayouts, type LayoutEvidence, wordLayouts } from '#src/splat/index.js';
import { pageTypeLayouts } from '#src/splat/layouts/page-types.js';
import { releaseRows } from '#src/splat/layouts/releases.js';

const docs = readFileSync(new URL('../../../docs/decode.md', import.meta.url), 'utf8');

const version = (v: readonly [number, number] | null): string =>
  v === null ? 'today' : v[0] === 2 ? `2.6.${v[1] - 600}` : v.join('.');
const evidence = (all: readonly LayoutEvidence[]): string => all.map(e => `**${e.level}**: ${e.text}`).join('; ');
const number = (form: string, n: number): string => (form === 'value' ? `${n}` : `0x${n.toString(16)}`);

const rows: string[] = [
  ...flagLayouts.map(
    l => `| \`${l.id}\` | ${version(l.from)} – ${version(l.until)} | ${l.flags.length} | ${evidence(l.evidence)} |`,
  ),
  ...pageTypeLayouts.map(l => {
    const types = Object.entries(l.types).map(([name, n]) => `${name} ${number(l.form, n)}`);
    return `| \`${l.id}\` | ${l.form} | ${types.join(', ') || '–'} | ${evidence(l.evidence)} |`;
  }),
  ...wordLayouts.map(
    l =>
      `| \`${l.id}\` | ${version(l.from)} – ${version(l.until)} | ${l.words.map(w => `\`${w}\``).join(' ')} | ${evidence(l.evidence)} |`,
  ),
  ...releaseRows.map(r => `| ${r.release} | \`${r.flags}\` | \`${r.types}\` | ${r.level} | ${r.text} |`),
];

test('every row of every table stands in docs/decode.md, and no other', () => {
  const shown = docs.split('\n').filter(l => /^\| (?:`(?:flags|page|types)-|\d\.\d+ \| `flags-)/.test(l));
  assert.deepEqual(shown.sort(), [...rows].sort());
});
