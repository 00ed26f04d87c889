/** Predictions and exercises of notebook 01. */

import { defineExercise, defineLesson } from '../../desk/lesson.js';
import { verdictText } from '../../explorer/index.js';
import { search as explore, run } from '../../kit/index.js';
import type { Fault } from '../../linux/dax/mmu.js';
import type { Machine } from '../../linux/dax/structs.js';
import { BACKINGS, type Backing, backing, heldPage, kvmRules, release, takesReference } from '../../linux/index.js';
import { holdsAt, type Next, type Trace, valueAt } from '../../model/index.js';
import type { Table } from '../../views/figure.js';
import { swimLanes } from '../../views/index.js';
import { zoneDeviceLeak } from './model.js';
import { zoneDevicePredictions } from './predictions.js';
import { teardown } from './teardown.js';

/** The step that exercise 1 replaces: `kvm_release_pfn_clean` of a fault. */
export type ReleaseStep = (s: Machine, me: Fault) => Next;

const releaseStep = defineExercise<ReleaseStep>({
  id: 'zd-1',
  title: 'Replace one step: a release that puts',
  minutes: 4,
  kind: 'worked',
  hints: [
    'Which step of the fault should give back what try_get_page took?',
    'The step is kvm_release_pfn_clean; what gup took is booked as gup of this vCPU.',
    "me.page._refcount.put('gup', me), and if the count is 0 then, the page lets go of its device.",
  ],
  starter: (s, me) => {
    me.page?._refcount.put('gup', me);
    if (me.page?._refcount.is(0)) s.pgmap.ref.put('page', me.page);
    return 'tdp_page_fault';
  },
  solution: (s, me) => {
    if (me.page?._refcount.putTestZero('gup', me)) s.pgmap.ref.put('page', me.page);
    return 'tdp_page_fault';
  },
  check(step) {
    const v = explore(zoneDeviceLeak({ release: '5.3', pages: 1 }).with('kvm_release_pfn_clean', step));
    const passed = v.verdict === 'holds';
    const idea = passed
      ? `In all ${v.states} states of the model with one page every get is put, and the device goes. But every page here is a device page: exercise 2 asks for the others.`
      : 'A get is not put, or put twice, or the device keeps a page: the shortest run is below.';
    return { passed, idea, trace: verdictText(v) };
  },
});

/** What a release rule may look at. */
export type Looks = Pick<Backing, 'pfn_valid' | 'PageReserved' | 'is_zero_pfn' | 'is_zone_device_page'>;

const ownsRule = defineExercise<(pfn: Looks) => boolean>({
  id: 'zd-2',
  title: 'Fill the gap: when does KVM own a reference?',
  minutes: 6,
  kind: 'faded',
  hints: [
    'Which PG_reserved pages does gup count all the same?',
    'The truth table of 5.3 has two sorts of leaking rows, and 5.4 fixes one of them.',
    'KVM owns nothing of a reserved page, unless it is a device page or the zero page.',
  ],
  starter: pfn => {
    if (!pfn.pfn_valid) return false;
    return !pfn.PageReserved;
  },
  solution: pfn => {
    if (!pfn.pfn_valid) return false;
    return !pfn.PageReserved || pfn.is_zone_device_page || pfn.is_zero_pfn;
  },
  check(owns) {
    const rules = kvmRules(release('5.6'));
    const rows = BACKINGS.map(name => {
      const b = backing(name);
      const took = takesReference(rules, heldPage(b));
      const { pfn_valid, PageReserved, is_zero_pfn, is_zone_device_page } = b;
      const puts = Boolean(owns({ pfn_valid, PageReserved, is_zero_pfn, is_zone_device_page }));
      return [
        b.what,
        took ? 'yes' : 'no',
        puts ? 'yes' : 'no',
        took === puts ? 'balanced' : took ? 'LEAK' : 'UNDERFLOW',
      ];
    });
    const wrong = rows.filter(r => r[3] !== 'balanced');
    const trace: Table = { columns: ['backing', 'a reference is taken', 'your rule puts', 'so'], rows };
    return wrong.length === 0
      ? {
          passed: true,
          idea: 'This is the rule of 5.6. It is right for all seven kinds because it names two exceptions. 6.13 deletes it.',
          trace,
        }
      : {
          passed: false,
          idea: `What is taken and what is put differ for ${wrong.map(r => r[0]).join(' and ')}.`,
          trace,
        };
  },
});

/** What a reader fills in for exercise 3. */
export interface Counted {
  /** The eight counts after the touches. */
  readonly refs: readonly number[];
  /** The device's reference: at rest after the touches, after the kill, when nothing moves any more. */
  readonly percpu: readonly number[];
  readonly hangs: boolean;
}

const TOUCHES = [0, 0, 0, 5, 7, 7];
/** As the cell comes: nothing counted yet. */
const REST: Counted = { refs: [1, 1, 1, 1, 1, 1, 1, 1], percpu: [9, 8, 0], hangs: false };

const countThem = defineExercise<Counted>({
  id: 'zd-3',
  title: 'Count by hand: eight pages, era B',
  minutes: 6,
  kind: 'faded',
  hints: [
    'How high does each touch raise its page, if nothing is ever put?',
    'The kill drops one. Then each page that comes down to 0 drops one more.',
    'Five pages are clean. The device counts 8 + 1 at rest and 8 after the kill, and three pages never let go.',
  ],
  starter: REST,
  solution: { refs: [4, 1, 1, 1, 1, 2, 1, 3], percpu: [9, 8, 3], hangs: true },
  check(answer) {
    if (JSON.stringify(answer) === JSON.stringify(REST))
      return {
        passed: false,
        idea: 'Nothing is counted yet: these are eight pages that nobody has touched.',
        trace: 'The model will show what a count did, for the first number that you get wrong.',
      };
    const t = teardown(zoneDeviceLeak({ release: '5.4-rc7', pages: 8 }), TOUCHES);
    const want: Counted = { refs: t.refs, percpu: t.percpu, hangs: t.hangs };
    const rows = (['refs', 'percpu', 'hangs'] as const).map(k => [
      k,
      JSON.stringify(answer[k]),
      JSON.stringify(want[k]),
    ]);
    const wrong = rows.filter(([, yours, model]) => yours !== model);
    const first = wrong[0]?.[0];
    if (first === undefined)
      return {
        passed: true,
        idea: `${t.leaked} references leaked, and ${t.percpu[2]} pages hold the device: distinct pages count, not touches.`,
      };
    // Only what is wrong first is shown, and never the answer itself.
    if (first !== 'refs') {
      const idea = `Look at ${first}: below is the device's reference on 5.4, where every get is put. What is different here?`;
      const fixed = teardown(zoneDeviceLeak({ release: '5.4', pages: 8 }), TOUCHES);
      return { passed: false, idea, trace: history(fixed.trace, 'pgmap.ref') };
    }
    const page = Math.max(
      0,
      t.refs.findIndex((n, i) => answer.refs?.[i] !== n),
    );
    const idea = `Look at refs, page ${page}: below is what one touch does to a page; put_page is the unbind already. How often is this one touched?`;
    const once = teardown(zoneDeviceLeak({ release: '5.4-rc7', pages: 1 }), [0]);
    return { passed: false, idea, trace: history(once.trace, 'page[0]._refcount') };
  },
});

function history(t: Trace, path: string): string {
  const values = [valueAt(t, path, -1), ...t.steps.map((_, i) => valueAt(t, path, i))];
  const moved = values.flatMap((v, i) =>
    i === 0 || v !== values[i - 1] ? [`${i === 0 ? 'start' : t.steps[i - 1]?.step}: ${v}`] : [],
  );
  return [path, ...moved].join('\n');
}

const leakUnseen = defineExercise<readonly string[]>({
  id: 'zd-4',
  title: 'Write a run: a leak that KVM never maps',
  minutes: 6,
  kind: 'own',
  hints: [
    'When does a fault skip the installing of its SPTE?',
    'Let the notifier run between the snapshot (the first step) and mmu_set_spte.',
    "'vcpu x4', then 'notifier x2', then the rest of the fault.",
  ],
  starter: ['vcpu to tdp_page_fault'],
  solution: ['vcpu x4', 'notifier x2', 'vcpu x2'],
  check(schedule) {
    const t = run(zoneDeviceLeak({ release: '5.3', pages: 1, zaps: 3 }), schedule);
    const mapped = t.steps.some((_, i) => valueAt(t, 'page[0].spte', i) === true);
    const leaked = !holdsAt(t, 'every get is put');
    const trace = t.steps.length === 0 ? 'nothing ran' : swimLanes(t);
    if (mapped) return { passed: false, idea: 'The page was mapped on the way: its SPTE was set.', trace };
    if (!leaked) return { passed: false, idea: 'Nothing is owed at the end: the fault has to run to its end.', trace };
    return {
      passed: true,
      idea: 'A fault that must retry releases as well, so each retry leaks one more reference.',
      trace,
    };
  },
});

const breakMap = defineExercise<readonly string[]>({
  id: 'zd-5',
  title: 'Write a run: the early put and a file on DAX',
  minutes: 8,
  kind: 'own',
  hints: [
    'When does truncate wait for a page, and what has the early put made of that?',
    "'nested' maps in its first step and puts in its second; then truncate finds an idle page.",
    "'nested x2', 'truncate to done', and one more step of 'nested'.",
  ],
  starter: ['nested x2'],
  solution: ['nested x2', 'truncate to done', 'nested'],
  check(schedule) {
    const file = { map: true, pages: 1, backing: 'fsdax', host: 'truncate' } as const;
    const t = run(zoneDeviceLeak({ fix: 'early-put', ...file }), schedule);
    const trace = t.steps.length === 0 ? 'nothing ran' : swimLanes(t);
    if (!holdsAt(t, 'a mapped page stays'))
      return {
        passed: true,
        idea: `In ${t.steps.length} steps: L2 writes into a block that belongs to another file by now. With the reference, truncate would have waited.`,
        trace,
      };
    const given = valueAt(t, 'page[0].reused') === true ? 'is given away' : 'is still the file’s';
    return {
      passed: false,
      idea: `Nothing bad has happened yet: the block ${given}, and nobody has used the address since.`,
      trace,
    };
  },
});

export const zoneDeviceLeakLesson = defineLesson({
  notebook: '01-zone-device-leak',
  title: 'The page that KVM never puts',
  minutes: 50,
  exercises: [releaseStep, ownsRule, countThem, leakUnseen, breakMap],
  predictions: zoneDevicePredictions,
});
