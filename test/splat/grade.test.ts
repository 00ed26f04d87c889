/**
 * The grade: reports from public logs, with a truth that a person read from the text. Unseen they were only when docs/decode.md's first column was
 * measured; their faults were fixed since, so this holds what was reached and says nothing of reports that are new.
 * Counted are fields; a report that is missing counts with all its fields, and one that is not there fails the test.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { decode, type SplatReport } from '#src/splat/index.js';

type Truth = Record<string, unknown>;

/** The fields of the truth, and where the report has them. */
const field: Record<string, (r: SplatReport) => unknown> = {
  flags: r => r.flags.value,
  names: r => r.flags.names,
  node: r => r.flags.node,
  zone: r => r.flags.zone,
  lastCpupid: r => r.flags.lastCpupid,
  type: r => r.flags.type,
  raw: r => r.rawWords?.join(' ') ?? null,
  badFlags: r => r.badFlags?.value,
  addr: r => r.vma?.addr,
  vmFlags: r => r.vma?.vmFlags,
  anonVma: r => r.vma?.anonVma,
  vmaMapping: r => r.vma?.mapping,
  vmaIndex: r => r.vma?.index,
  file: r => r.vma?.file,
  fault: r => r.vma?.fault,
};

function sections(name: string): { source: string; log: string; truths: Truth[] }[] {
  const text = readFileSync(new URL(`../../../test/splat/grade/${name}`, import.meta.url), 'utf8');
  return text
    .split(/^=== /m)
    .slice(1)
    .map(section => {
      const [head = '', truth = ''] = section.split('--- truth\n');
      const end = head.indexOf('\n');
      return {
        source: head.slice(0, end),
        log: head.slice(end + 1),
        truths: [JSON.parse(truth) as Truth | Truth[]].flat(),
      };
    });
}

/** What of a file is wrong, in words, and how many fields there are. */
function grade(name: string): { fields: number; wrong: string[]; extra: string[] } {
  let fields = 0;
  const wrong: string[] = [];
  const extra: string[] = [];
  for (const { source, log, truths } of sections(name)) {
    const reports = decode(log);
    for (const more of reports.slice(truths.length)) extra.push(`${source}: one more report in line ${more.firstLine}`);
    truths.forEach((truth, i) => {
      const report = reports[i];
      for (const [key, value] of Object.entries(truth)) {
        fields++;
        const read = field[key] ?? ((r: SplatReport) => (r as unknown as Record<string, unknown>)[key]);
        const got = report === undefined ? 'no report' : (read(report) ?? null);
        if (JSON.stringify(got) !== JSON.stringify(value))
          wrong.push(`${source}: ${key} is ${JSON.stringify(value)}, read was ${JSON.stringify(got)}`);
      }
    });
  }
  return { fields, wrong, extra };
}

const sets = ['', 'fresh-', 'third-', 'fourth-'];
const files = sets.flatMap(s => [`${s}open.txt`, `${s}held.txt`]);

for (const name of files)
  test(`${name}: 99 % of the fields are right, and there is no report too many`, t => {
    const { fields, wrong, extra } = grade(name);
    t.diagnostic(`${fields - wrong.length} of ${fields} fields`);
    assert.deepEqual(extra, [], wrong.join('\n'));
    assert.ok(fields > 250, `${fields} fields`);
    assert.ok(wrong.length <= fields / 100, `${fields - wrong.length} of ${fields} are right\n${wrong.join('\n')}`);
  });

test('no section of the grade stands twice, and there are a hundred and sixty at least', () => {
  const all = files.flatMap(sections);
  assert.ok(all.length >= 160, `${all.length}`);
  assert.equal(new Set(all.map(s => s.log)).size, all.length);
});
