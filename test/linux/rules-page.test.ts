/** docs/truth.md: the table of all rules is the one that data/releases.json says. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { projectRoot } from '#src/jupyter/project-root.js';
import { releaseTable } from '#src/linux/data/release-table.js';
import { rulesTable, withRules } from '#src/linux/data/rules-text.js';

const page = readFileSync(path.join(projectRoot, 'docs/truth.md'), 'utf8');

test('docs/truth.md has the rules as they are now; npm run docs writes them', () => {
  assert.equal(page, withRules(page));
});

test('every row is there, with both of its levels and with what was read', () => {
  const lines = rulesTable().split('\n');
  for (const r of releaseTable().rows) {
    const begin = `| ${r.from} | ${r.value.replaceAll('|', '\\|')} |`;
    const end = `| ${r.commit ?? '–'} | ${r.evidence} | ${r.from_evidence} | ${r.reading.what}, ${r.reading.at}`;
    assert.ok(
      lines.some(l => l.startsWith(begin) && l.includes(end)),
      `${r.behaviour} from ${r.from}`,
    );
  }
  assert.equal(lines.filter(l => /^\| [\d.]+\S* \|/.test(l)).length, releaseTable().rows.length);
});

test('the three levels are explained, and a page without a place is refused', () => {
  for (const level of ['recorded', 'read', 'inferred']) assert.match(page, new RegExp(`\\*\\*${level}\\*\\*`));
  assert.throws(() => withRules('# nothing'), /has no place for the rules/);
});
