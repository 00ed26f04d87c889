/** The exercises of notebook 03 about the predicate: its algebra, a test that sees the slip, the third attempt. */

import { defineExercise } from '../../desk/lesson.js';
import {
  PINNABLE,
  type PinFacts,
  type PinKindName,
  pinInputs,
  pinKind,
  pinnableTable,
  stuckKinds,
} from '../../linux/index.js';
import type { Table } from '../../views/figure.js';

const yes = (x: boolean) => (x ? 'yes' : 'no');

/** Version A of 5.13, or version E of 6.0-rc3. */
type Asked = 'A' | 'E';

/** Why the kernel's version answers as it does about a page, for a reader who answered otherwise. */
function because(version: Asked, p: PinFacts): string {
  const may = PINNABLE[version](p);
  const place = p.is_zone_movable
    ? 'in ZONE_MOVABLE'
    : p.migratetype === 'other'
      ? ''
      : `in the ${p.migratetype} block`;
  if (p.is_zero_pfn && may && place !== '') return `The zero page may stay ${place}, too, and there you refuse it.`;
  if (p.is_zero_pfn)
    return may
      ? 'The zero page may stay, and you refuse it: this is what the slip did.'
      : `In a CMA or isolated block version ${version} refuses before it asks for the zero page, and you accept.`;
  if (p.migratetype === 'cma') return 'A page in a CMA block may not stay, and you accept it.';
  if (p.migratetype === 'isolate')
    return may
      ? `Version ${version} does not look at isolated blocks: this page may stay.`
      : 'A page in an isolated block may not stay, and you accept it.';
  if (p.is_zone_movable) return 'A movable page may not stay, and you accept it.';
  if (p.is_device_coherent && !may) return 'A device-coherent page may not stay, and you accept it.';
  return 'An ordinary page may stay, and you refuse it.';
}

/** A predicate beside a version of the kernel's, input by input. */
function beside(version: Asked, predicate: (p: PinFacts) => boolean) {
  const all = pinnableTable().map(r => ({ ...r, mine: yes(r.answers[version]), yours: yes(predicate(r.page)) }));
  const wrong = all.filter(r => r.mine !== r.yours);
  const rows = (wrong.length > 0 ? wrong : all).map(r => [r.name, r.mine, r.yours]);
  const trace: Table = { columns: ['page', `version ${version}`, 'yours'], rows };
  const [first] = wrong;
  const differ = `Your form differs from version ${version} for ${wrong.length} of ${pinInputs().length} inputs.`;
  return {
    passed: first === undefined,
    trace,
    idea: first === undefined ? '' : `${because(version, first.page)} ${differ}`,
  };
}

export const oneNegation = defineExercise<(p: PinFacts) => boolean>({
  id: 'zp-2',
  title: 'Read the slip as algebra: version A with one negation outside',
  minutes: 3,
  kind: 'worked',
  hints: [
    'What has to hold at the same time for a page to be refused?',
    'Refused is: movable or CMA, and not the zero page. Negate that.',
    'De Morgan turns the or in front of Z into an and with not Z, inside the negation.',
  ],
  starter: p => !((p.is_zone_movable || p.migratetype === 'cma') && !p.is_zero_pfn),
  solution: p => !((p.is_zone_movable || p.migratetype === 'cma') && !p.is_zero_pfn),
  check(predicate) {
    const { passed, idea, trace } = beside('A', predicate);
    if (!passed) return { passed, idea, trace };
    return {
      passed,
      idea: 'Inside a negation "or zero" becomes "and not zero". The slip kept the "or": being the zero page no longer sufficed, and not being it became necessary.',
      trace,
    };
  },
});

export const testThatSees = defineExercise<readonly PinKindName[]>({
  id: 'zp-3',
  title: 'Fill the gap: the kinds of page that a test must have',
  minutes: 4,
  kind: 'faded',
  hints: [
    'On which inputs do A and B agree?',
    'A test of version B must fail, and the same test of version C must pass. X fails for both.',
    'Without a zero page no test can see it.',
  ],
  starter: ['N', 'M', 'B'],
  solution: ['N', 'M', 'Z'],
  check(kinds) {
    const rows = (['A', 'B', 'C', 'D', 'E'] as const).map(v => {
      const stuck = stuckKinds(v, kinds);
      return [v, stuck.length === 0 ? 'passes' : `fails on ${stuck.map(k => pinKind(k).what).join(' and ')}`] as const;
    });
    const trace: Table = { columns: ['version', 'your test'], rows };
    const stuck = (v: 'A' | 'B' | 'C' | 'D' | 'E') => stuckKinds(v, kinds);
    if (kinds.length === 0)
      return { passed: false, idea: 'The list is empty: a test that pins nothing passes on every kernel.', trace };
    if (stuck('B').length === 0 || stuck('D').length === 0) {
      const idea = `Versions B and D pass your test, so they would have been merged: both answer for ${kinds.join(', ')} as A does, or the page can leave.`;
      return { passed: false, idea, trace };
    }
    const also = [...new Set([...stuck('A'), ...stuck('C'), ...stuck('E')])].map(k => `kind ${k}`).join(' and ');
    if (also !== '') {
      const idea = `Your test fails on a kernel that is right about the zero page, too, because of ${also}. Such a test would be switched off.`;
      return { passed: false, idea, trace };
    }
    return { passed: true, idea: 'One zero page in the test, and both regressions are seen without any loop.', trace };
  },
});

export const thirdAttempt = defineExercise<(p: PinFacts) => boolean>({
  id: 'zp-5',
  title: 'Fix a rewrite: device-coherent or movable is refused, else ask for the zero page',
  minutes: 5,
  kind: 'faded',
  hints: [
    'What does this rewrite say about an ordinary page?',
    'Order the tests so that each line decides one thing, the exception before the rule.',
    'CMA or isolated: no. Zero page: yes. Device-coherent: no. Else: not movable.',
  ],
  starter: p => {
    if (p.migratetype !== 'other') return false;
    if (p.is_device_coherent || p.is_zone_movable) return false;
    return p.is_zero_pfn;
  },
  solution: p => {
    if (p.migratetype !== 'other') return false;
    if (p.is_zero_pfn) return true;
    if (p.is_device_coherent) return false;
    return !p.is_zone_movable;
  },
  check(predicate) {
    const { passed, idea, trace } = beside('E', predicate);
    if (!passed) return { passed, idea, trace };
    return {
      passed,
      idea: 'This is the form of 6.0-rc3: one condition a line. Three attempts at one expression had failed.',
      trace,
    };
  },
});
