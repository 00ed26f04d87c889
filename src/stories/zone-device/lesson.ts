/** Predictions and exercises of notebook 01. */

import { defineExercise, defineLesson } from '../../desk/lesson.js';
import { verdictText } from '../../explorer/index.js';
import { search as explore, run } from '../../kit/index.js';
import type { Fault } from '../../linux/dax/mmu.js';
import type { Machine } from '../../linux/dax/structs.js';
import { BACKINGS, type Backing, backing, heldPage, kvmRules, release, takesReference } from '../../linux/index.js';
import { holdsAt, type Next, type Trace, valueAt } from '../../model/index.js';
import type { Table } from '../../views/figure.js';
import { score } from '../../views/index.js';
import { list } from '../../views/text.js';
import { countThem } from './count-by-hand.js';
import { zoneDeviceLeak } from './model.js';
import { zoneDevicePredictions } from './predictions.js';

/** The step that exercise 1 replaces: `kvm_release_pfn_clean` of a fault. */
export type ReleaseStep = (s: Machine, me: Fault) => Next;

/** What a wrong release step overlooks, by the property that the search finds broken. */
const BROKEN: Readonly<Record<string, string>> = {
  'every get is put': 'A fault ends, and what gup took is still there.',
  accounting: 'This gives back what nobody holds: every put needs a get of the same holder.',
  'a counted page holds its device':
    'A page holds its device as long as it counts more than 0. So the put that brings it to 0 lets go of the device, and no other put does.',
  'no SPTE without a PTE': 'An SPTE is left although the host has unmapped the page.',
};

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
    const v = explore(zoneDeviceLeak({ release: '5.3' }).with('kvm_release_pfn_clean', step));
    if (v.verdict === 'holds')
      return {
        passed: true,
        idea: `In all ${v.states} states of the model with two pages every get is put. But both are device pages: exercise 2 asks for other memory.`,
      };
    const broken = v.violated ?? v.verdict;
    const last = v.trace;
    const page = last === undefined ? -1 : [0, 1].findIndex(i => Number(valueAt(last, `page[${i}]._refcount`)) > 1);
    const where = page < 0 ? '' : ` Look at page[${page}].`;
    return {
      passed: false,
      idea: `${BROKEN[broken] ?? `This breaks “${broken}”.`}${where} The shortest run is below.`,
      trace: verdictText(v),
    };
  },
});

/** What a release rule may look at. */
export type Looks = Pick<Backing, 'pfn_valid' | 'PageReserved' | 'is_zero_pfn' | 'is_zone_device_page'>;

/** What the rule may read. The flags stand in the struct page: where there is none, whatever is read there is garbage. */
function looksOf({ pfn_valid, PageReserved, is_zero_pfn, is_zone_device_page }: Backing): readonly Looks[] {
  if (pfn_valid) return [{ pfn_valid, PageReserved, is_zero_pfn, is_zone_device_page }];
  return [false, true].flatMap(one =>
    [false, true].map(two => ({ pfn_valid, PageReserved: one, is_zero_pfn, is_zone_device_page: two })),
  );
}

const ownsRule = defineExercise<(pfn: Looks) => boolean>({
  id: 'zd-2',
  title: 'Fill the gap: when does KVM own a reference?',
  minutes: 5,
  kind: 'faded',
  hints: [
    'Which PG_reserved pages does gup count all the same?',
    'The truth table of 5.3 has two sorts of leaking rows, and 5.4 fixes one of them.',
    'KVM owns nothing of a reserved page, unless it is a device page (is_zone_device_page) or the zero page (is_zero_pfn).',
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
    const rules = kvmRules(release('5.3'));
    const rows = BACKINGS.map(name => {
      const b = backing(name);
      const took = takesReference(rules, heldPage(b));
      const puts = looksOf(b).some(pfn => Boolean(owns(pfn)));
      return [
        b.what,
        took ? 'yes' : 'no',
        puts ? 'yes' : 'no',
        took === puts ? 'balanced' : took ? 'LEAK' : 'UNDERFLOW',
      ];
    });
    const wrong = rows.filter(r => r[3] !== 'balanced');
    const wild = wrong.some(r => r[0] === backing('mmio').what);
    const trace: Table = { columns: ['kind of memory', 'a reference is taken', 'your rule puts', 'so'], rows };
    return wrong.length === 0
      ? {
          passed: true,
          idea: 'This is the rule of 5.6. It is right for all seven kinds because it names two exceptions. 6.13 deletes it.',
          trace,
        }
      : {
          passed: false,
          idea: `What is taken and what is put differ for ${list(wrong.map(r => String(r[0])))}.${wild ? ' Where there is no struct page, its flags are garbage: ask pfn_valid first.' : ''}`,
          trace,
        };
  },
});

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
    const trace = t.steps.length === 0 ? 'nothing ran' : score(t, { counters: 'page[0]._refcount' });
    const no = (idea: string) => ({ passed: false, idea, trace });
    if (t.steps.length === 0) return no('Nothing has run yet: a fault of the vCPU has to take the page first.');
    const before = t.steps.findIndex((_, i) => valueAt(t, 'page[0].spte', i) === true);
    if (mapped && t.steps.slice(0, before).some((_, i) => !holdsAt(t, 'every get is put', i)))
      return no('One fault leaked unmapped, but a later fault set the SPTE: end the run before that.');
    if (mapped) return no('The page was mapped on the way: its SPTE was set.');
    if (!t.steps.some(s => s.process.startsWith('vcpu')))
      return no('Nothing is owed at the end, for no fault has begun: only a fault takes the page.');
    if (!leaked) return no('Nothing is owed at the end: the fault has to run to its end.');
    return {
      passed: true,
      idea: 'A fault that must retry releases as well, so each retry leaks one more reference.',
      trace,
    };
  },
});

/** The run of a schedule that lets `nested` map what truncate has unmapped: it is done then, and has no more steps to run. */
function tooLate(model: ReturnType<typeof zoneDeviceLeak>, schedule: readonly string[]): Trace | undefined {
  const [first, second] = schedule;
  if (first !== 'truncate to done' || !/^nested\b/.test(second ?? '')) return undefined;
  return run(model, ['truncate to done', 'nested']);
}

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
    const model = zoneDeviceLeak({ fix: 'early-put', ...file });
    const t = tooLate(model, schedule) ?? run(model, schedule);
    const trace = t.steps.length === 0 ? 'nothing ran' : score(t, { counters: 'page[0]._refcount' });
    if (!holdsAt(t, 'a mapped page stays'))
      return {
        passed: true,
        idea: `In ${t.steps.length} steps: L2 writes into a block that belongs to another file by now. With the reference, truncate would have waited.`,
        trace,
      };
    const no = (idea: string) => ({ passed: false, idea, trace });
    const did = (step: string) => t.steps.some(s => s.step === step);
    if (!t.steps.some(s => s.process === 'truncate'))
      return no('Nothing bad has happened yet: truncate has not run, so the block is still the file’s.');
    if (!did('vcpu_enter_guest') && valueAt(t, 'page[0].reused') === true) {
      const mapped = t.steps.some(s => s.step === 'kvm_vcpu_map' && s.bookings.length > 0);
      return no(
        mapped
          ? 'Nothing bad has happened yet: the block is given away, and nobody has used the address since.'
          : 'The file was unmapped first, so kvm_vcpu_map() maps nothing: it has to come before truncate.',
      );
    }
    if (valueAt(t, 'page[0].reused') === true)
      return no('L2 ran while the block was still the file’s. It has to run later.');
    return no('The block is still the file’s: truncate waits, because the reference was still there when it looked.');
  },
});

export const zoneDeviceLeakLesson = defineLesson({
  notebook: '01-zone-device-leak',
  title: 'The page that KVM never puts',
  minutes: 40,
  exercises: [releaseStep, ownsRule, leakUnseen, countThem, breakMap],
  predictions: zoneDevicePredictions,
});
