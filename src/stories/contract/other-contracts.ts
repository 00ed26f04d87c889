/** Two other contracts, in the same manner: what a loop does about a page that may not stay, and who waits when a device goes. */
import type { Verdict } from '../../kit/index.js';
import { search } from '../../kit/model.js';
import { PIN_KINDS, pinKind } from '../../linux/gup/pages.js';
import { pinKindsOf } from '../../linux/gup/pin.js';
import { PIN_POLICIES, type PinPolicy } from '../../linux/gup/policy.js';
import { release } from '../../linux/index.js';
import { done } from '../../model/index.js';
import { type Cell, type Figure, releaseMatrix, truthTable } from '../../views/index.js';
import { pinRun } from '../zero-pfn/index.js';
import { type ZoneDeviceLeak, zoneDeviceLeak } from '../zone-device/index.js';

/** A policy of one's own, by a name. */
export type NamedPolicies = Readonly<Record<string, PinPolicy>>;

/** RETRY_N gives up after so many passes without progress; who has isolated a page keeps it for fewer. */
const [PATIENCE, ISOLATED_FOR] = [10, 3] as const;

const MARKED: Readonly<Record<string, Cell['tone']>> = { never: 'bad', 'pinned wrongly': 'bad', pinned: 'good' };

function policyCell(kind: string, policy: PinPolicy | (typeof PIN_POLICIES)[number], tag: string): Cell {
  const r = pinRun({ release: tag, kinds: kind, policy, patience: PATIENCE, isolatedFor: ISOLATED_FOR });
  const text = r.wrong > 0 ? 'pinned wrongly' : r.result === 'nr_pages' ? 'pinned' : r.result;
  const hover = `${r.passes} passes, ${r.acquired} references taken, ${r.released} given back`;
  return { text, tone: MARKED[text] ?? 'warn', hover, run: r.trace };
}

/**
 * Every policy (and those of `own`) on one page of each kind that the release has: a row a kind, a column a policy. A page that somebody else
 * has isolated is free again after three passes; RETRY_N is patient for ten. Errors: an unknown release; what a policy throws.
 */
export function policyMatrix(own: NamedPolicies = {}, tag = '6.0'): Figure {
  const there = pinKindsOf(tag);
  const rows = PIN_KINDS.filter(k => there.includes(k)).map(k => `${k} ${pinKind(k).what}`);
  const all = [...PIN_POLICIES, ...Object.keys(own)];
  return truthTable({
    title: `Which policy ends, and pins nothing wrongly? The predicate of ${release(tag).tag}`,
    rows,
    columns: all,
    rowTitle: 'one page, pinned for long',
    cell: (row, name) => policyCell(row.slice(0, 1), own[name] ?? PIN_POLICIES.find(p => p === name) ?? 'RETRY', tag),
  });
}

/** Who holds a page of the device while it is unbound. */
const HOLDERS: Readonly<Record<string, (o: ZoneDeviceLeak) => ReturnType<typeof zoneDeviceLeak>>> = {
  'a guest, by an SPTE': zoneDeviceLeak,
  'a nested guest, by kvm_vcpu_map()': o => zoneDeviceLeak({ ...o, map: true }),
  // No guest beside it: what 5.3 does to a guest's pages would hide what it does to a pinned one.
  'RDMA alone, by a pin': o => zoneDeviceLeak({ ...o, io: true }).with('tdp_page_fault', () => done),
};

export const TEARDOWN_RELEASES = ['5.3', '5.4', '5.18', '6.12', '6.13', '7.2'] as const;

/** What must not be lost when the device goes. */
const SAFE = ['a mapped page stays', 'no reference outlives the memmap'] as const;
const DONE = 'the host gets done';

/** What broke, and the run into it. */
function found(v: Verdict): Pick<Cell, 'hover' | 'run'> {
  const run = v.trace ?? v.lasso?.stem.more(['unbind']); // and the unbind tries once more
  return { hover: v.violated ?? '', ...(run === undefined ? {} : { run }) };
}

function teardownCell(held: (typeof HOLDERS)[string], tag: string): Cell {
  const model = held({ release: tag, pages: 1, host: 'unbind' });
  const unsafe = SAFE.map(property => search(model, { property })).find(v => v.verdict !== 'holds');
  const goes = search(model, { property: DONE });
  if (goes.verdict !== 'holds') return { text: 'sleeps for ever', tone: 'bad', ...found(goes) };
  if (unsafe !== undefined) return { text: 'goes under it', tone: 'bad', ...found(unsafe) };
  return { text: 'waits, then goes', tone: 'good', hover: `${goes.states} states` };
}

/** Who waits for whom when a device is unbound: a row a holder, a column a release. Every order is searched. Errors: an unknown release. */
export function teardownMatrix(releases: readonly string[] = TEARDOWN_RELEASES): Figure {
  return releaseMatrix({
    title: 'An unbind while somebody holds a page of the device',
    kinds: Object.keys(HOLDERS),
    releases,
    cell: (holder, tag) => teardownCell(HOLDERS[holder] ?? zoneDeviceLeak, tag),
  });
}
