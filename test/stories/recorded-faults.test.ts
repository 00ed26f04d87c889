/** The page_ref trace as a figure: every change of KVM's faults, the kernel's beside the model's. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { pageRefTrace } from '#src/replay/index.js';
import { RecordedFaults, recordedFaults } from '#src/stories/precise-tracking/index.js';

test('every change of a guest access stands in the figure, the table and the picture, with its stacks', () => {
  const faults = recordedFaults();
  const all = pageRefTrace().filter(r => r.step.startsWith('KVM_RUN'));
  assert.ok(all.length >= 8);
  assert.equal(faults.rows.length, all.length);
  assert.equal(faults.differing, 0);
  const f = faults.figure();
  assert.equal(f.table.rows.length, all.length);
  const { text, customdata } = f.plotly.data[0] as { text: string[][]; customdata: string[][] };
  for (const [i, r] of all.entries()) {
    const change = r.kernel?.change ?? 0;
    const said = change === 0 ? 'refused' : `${change > 0 ? '\\+' : '\u2212'}${Math.abs(change)}`;
    assert.match(text[i]?.[0] ?? '', new RegExp(`^${said}, then ${r.kernel?.count}$`));
    assert.equal(text[i]?.[0], text[i]?.[1], 'the model does the same');
    for (const name of r.kernel?.stack ?? []) {
      assert.ok(customdata[i]?.[0]?.includes(name), `${name} is under the pointer`);
      assert.ok(String(f.table.rows[i]?.[3]).includes(name), `${name} is in the table`);
    }
    for (const name of r.model?.stack ?? []) assert.ok(customdata[i]?.[1]?.includes(name), name);
  }
  assert.ok(f.svg.includes('zero page, 1'));
  assert.match(f.text, /8 changes of a count.*: 8 agree\./);
});

test('a change that differs says what, and is coloured', () => {
  const [first, ...rest] = recordedFaults().rows;
  assert.ok(first !== undefined);
  const wrong = new RecordedFaults([{ ...first, model: null, differs: ['only the kernel has it'] }, ...rest]);
  assert.equal(wrong.differing, 1);
  const f = wrong.figure();
  const { text, z } = f.plotly.data[0] as { text: string[][]; z: number[][] };
  assert.equal(text[0]?.[1], 'nothing');
  assert.notEqual(z[0]?.[0], z[1]?.[0]);
  assert.match(f.text, /7 agree, 1 do not/);
  assert.equal(f.table.rows[0]?.at(-1), 'only the kernel has it');
});
