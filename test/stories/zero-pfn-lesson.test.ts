/** Notebook 03's exercises: what must not pass, what must, and what each wrong answer hears. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { parsePercent } from '#src/jupyter/notebook/percent.js';
import { projectRoot } from '#src/jupyter/project-root.js';
import type { Model } from '#src/kit/index.js';
import type { PinFacts, PinPass } from '#src/linux/index.js';
import { PINNABLE } from '#src/linux/index.js';
import { zeroPfnLoop } from '#src/stories/index.js';
import { testAnswers, testReplies } from './lesson-tables.js';

const seventh = { count: 16_385, isolation_error_count: 16, list: 0, drains: 7, acquired: 224, released: 192 };
const cma = (p: PinFacts) => p.migratetype === 'cma';

testReplies('03');
testAnswers({
  'zp-1': {
    wrong: [
      [{ ...seventh, count: 32_769 }, /count: that would be 32 zero PTEs/],
      [{ ...seventh, count: 1 }, /count: at the end of the scan the pins are still held/],
      [{ ...seventh, isolation_error_count: 1 }, /an ordinary page stands between them/],
      [{ ...seventh, isolation_error_count: 32 }, /the ordinary pages may stay/],
      [{ ...seventh, list: 16 }, /not put on the list/],
      [{ ...seventh, drains: 112 }, /a pass drains once/],
      [{ ...seventh, acquired: 32 }, /since the start, and pass 7 is the seventh/],
      [{ ...seventh, released: 224 }, /released: the pins of pass 7 are still held/],
      [{ ...seventh, released: 5 }, /released: below it is in passes 1 and 2/],
      [
        { count: -1, isolation_error_count: -1, list: -1, drains: -1, acquired: -1, released: -1 },
        /Nothing is filled in/,
      ],
    ],
    right: [
      seventh,
      { ...seventh, count: 1 + 16 * 1024, acquired: 7 * 32, released: 6 * 32 },
      { released: 192, acquired: 224, drains: 7, list: 0, isolation_error_count: 16, count: 16_385 },
    ],
  },
  'zp-2': {
    wrong: [
      [(p: PinFacts) => !(p.is_zone_movable || cma(p) || p.is_zero_pfn), /The zero page may stay, and you refuse it/],
      [(p: PinFacts) => !cma(p) || p.is_zero_pfn, /A movable page may not stay, and you accept it/],
      [(p: PinFacts) => !p.is_zone_movable || p.is_zero_pfn, /A page in a CMA block may not stay/],
      [(p: PinFacts) => p.is_zero_pfn, /An ordinary page may stay, and you refuse it/],
      [
        (p: PinFacts) => p.is_zero_pfn || (p.migratetype === 'other' && !p.is_zone_movable),
        /Version A does not look at isolated blocks/,
      ],
      [() => true, /may not stay, and you accept it\. Your form differs from version A for 4/],
    ],
    right: [
      (p: PinFacts) => !(p.is_zone_movable || cma(p)) || p.is_zero_pfn,
      (p: PinFacts) => (p.is_zero_pfn ? true : p.is_zone_movable ? false : !cma(p)),
      (p: PinFacts) => (!p.is_zone_movable && !cma(p) ? 1 : 0) | (p.is_zero_pfn ? 1 : 0),
    ],
  },
  'zp-3': {
    wrong: [
      [[], /The list is empty/],
      [['N', 'M', 'B'], /B and D pass your test/],
      [['N', 'M', 'Z', 'X'], /because of kind X/],
      [['Q'], /no page kind is called 'Q'/],
      [['I', 'H', 'P', 'V'], /B and D pass your test.*I, H, P, V/],
      [['M', 'P'], /B and D pass your test.*M, P/],
    ],
    right: [['N', 'M', 'Z'], ['Z'], ['N', 'M', 'B', 'L', 'I', 'P', 'H', 'V', 'Z']],
  },
  'zp-4': {
    wrong: [
      [() => 'accept', /movable page: .*This is ACCEPT/],
      [() => 'retry', /zero page, 5\.19-rc2: never ends\. This is RETRY/],
      [() => '-EINVAL', /movable page: -EINVAL.*This is FAIL/],
      [(p: PinPass) => (p.failed > 0 ? '-EINVAL' : 'retry'), /isolated by others for 3 passes: -EINVAL.*This is FAIL/],
      [
        (p: PinPass) => (p.stuck > 3 ? 'accept' : 'retry'),
        /zero page, 5\.19-rc2: pinned though refused.*The zero page may stay/,
      ],
      [(p: PinPass) => (p.stuck > 1000 ? '-EINVAL' : 'retry'), /zero page, 5\.19-rc2: it may end, but not within 100/],
      [(p: PinPass) => (p.stuck > 40 ? '-EBUSY' : 'retry'), /-EBUSY misleads: QEMU/],
      [(p: PinPass) => (p.stuck > 40 ? '-EINTR' : 'retry'), /-EINTR misleads: .* signal/],
      [(p: PinPass) => (p.stuck > 40 ? '-ENOMEM' : 'retry'), /-ENOMEM misleads: .* memory is lacking/],
      [(p: PinPass) => (p.stuck > 40 ? '-EAGAIN' : 'retry'), /returns -EAGAIN\. It has to return/],
      [(p: PinPass) => (p.stuck > 40 ? undefined : 'retry'), /returns undefined\. It has to return/],
    ],
    right: [
      (p: PinPass) => (p.stuck > 3 ? '-ETIMEDOUT' : 'retry'),
      (p: PinPass) => (p.stuck > 40 ? '-EINVAL' : 'retry'),
      (p: PinPass) => (p.isolated > 0 || p.stuck < 50 ? 'retry' : '-ETIMEDOUT'),
    ],
  },
  'zp-5': {
    wrong: [
      [() => true, /In a CMA or isolated block version E refuses|may not stay, and you accept it/],
      [(p: PinFacts) => p.is_zero_pfn, /An ordinary page may stay/],
      [PINNABLE.D, /The zero page may stay, and you refuse it/],
      [
        (p: PinFacts) => p.migratetype === 'other' && !p.is_device_coherent && !p.is_zone_movable,
        /The zero page may stay in ZONE_MOVABLE, too/,
      ],
      [PINNABLE.A, /A device-coherent page may not stay|isolated/],
      [
        (p: PinFacts) => p.is_zero_pfn || (PINNABLE.E(p) as boolean),
        /In a CMA or isolated block version E refuses before/,
      ],
    ],
    right: [
      PINNABLE.E,
      (p: PinFacts) => p.migratetype === 'other' && (p.is_zero_pfn || !(p.is_zone_movable || p.is_device_coherent)),
      (p: PinFacts) =>
        p.migratetype !== 'other' ? 0 : p.is_zero_pfn ? 1 : p.is_zone_movable || p.is_device_coherent ? 0 : 1,
    ],
  },
  'zp-6': {
    wrong: [
      [[], /The list is empty/],
      [['gup[0] to done', 'gup[1] to done'], /the first call was over before the second began/],
      [['gup[0] to __get_user_pages', 'gup[1] to done'], /the page was still on its LRU list when gup\[1\] looked/],
      [['gup[0] to unpin_user_pages'], /Nothing is pinned yet/],
      [['gup[0] to done', 'gup[2] to done'], /gup\[2\]/],
    ],
    right: [
      ['gup[0] to unpin_user_pages', 'gup[1] to done'],
      ['gup[1] to unpin_user_pages', 'gup[0] to done'],
      ['gup[0] to migrate_pages', 'gup[1] to done'],
    ],
  },
});

/** The model that the cells of “Change the decision” make, with the reader's edit or without. */
function changed(edit: (source: string) => string): Model {
  const file = path.join(projectRoot, 'notebooks/03-zero-pfn-gup-loop.ts');
  const { cells } = parsePercent(readFileSync(file, 'utf8'), file);
  const source = (id: string) => cells.find(c => c.id === id)?.source ?? assert.fail(`no cell ${id}`);
  const code = [edit(source('change-it-run')), 'return fails;'].join('\n');
  return new Function('zeroPfnLoop', 'console', code)(zeroPfnLoop, { log() {} }) as Model;
}

test('“Change the decision”: the errno ends the call and breaks nothing; the edit that the text asks for breaks a property', () => {
  const terminates = { property: 'terminates', fairness: 'none' } as const;
  const asIs = changed(source => source);
  assert.deepEqual([asIs.explore(terminates).verdict, asIs.explore().verdict], ['holds', 'holds']);
  const before = 'const refused = me.isolated + me.isolation_error_count;';
  const accepts = changed(source => {
    assert.ok(source.includes(before));
    return source.replace(before, 'const refused = me.isolated;');
  });
  assert.equal(accepts.explore().violated, 'what is pinned may stay');
});
