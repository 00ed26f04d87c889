/** How far apart the lines of a report may lie, and where the last cpupid stands: bounds that docs/decode.md promises. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decode } from '#src/splat/decode.js';
import { findCpupid } from '#src/splat/flags.js';

const stamped = (lines: readonly string[]): string => lines.map(l => `[    1.000000] ${l}`).join('\n');
const others = (n: number): string[] => Array.from({ length: n }, (_, i) => `usb 1-1: message ${i}`);
const head = (pfn: string): string => `BUG: Bad page state in process sh  pfn:${pfn}`;
const page = 'page:ffffea000011c440 count:0 mapcount:1 mapping:0000000000000000 index:0x9';

test('a report may stretch over 400 lines, and over no more', () => {
  const [near] = decode(stamped([head('4711'), ...others(399), page]));
  assert.equal(near?.mapcount, 1);
  const far = decode(stamped([head('4711'), ...others(400), page]));
  assert.deepEqual(
    far.map(r => [r.kind, r.mapcount]),
    [
      ['bad_page_state', null],
      ['dump_page', 1],
    ],
  );
});

test('of two open reports the one that went on in the last eight lines gets a line that fits both', () => {
  const reports = (gap: number): (number | null)[] =>
    decode(stamped([head('1'), ...others(gap), head('2'), ...others(1), page])).map(r => r.mapcount);
  assert.deepEqual(reports(5), [1, null], 'both are fresh: the first one is served first');
  assert.deepEqual(reports(6), [null, 1], 'the first one was silent for more than eight lines: it was cut');
  assert.deepEqual(reports(10), [null, 1]);
});

test('the last cpupid is found where its ones end, and only if there are enough of them', () => {
  // Eight ones at bit 30, a zero below.
  assert.deepEqual(findCpupid('0x3fc0000000', '0xff'), { lastCpupid: [37, 30], above: [63, 38] });
  assert.deepEqual(findCpupid('0x1fc0000000', '0x7f'), null, 'seven ones may be anything');
  assert.deepEqual(findCpupid('0x3fc0000000', '0xfe'), null, 'not all ones: a number whose place nobody can tell');
  // The run of ones goes on below bit 30: its place is where it ends.
  assert.deepEqual(findCpupid('0x7fc0000000', '0x1ff'), { lastCpupid: [38, 30], above: [63, 39] });
  assert.deepEqual(findCpupid('0x3ffc0000000', '0xff'), { lastCpupid: [37, 30], above: [63, 38] });
});
