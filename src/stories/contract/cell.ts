/** One cell of the matrix: a rule, a kind of page, a release's path; searched, and put into one word. */
import type { Run, Verdict } from '../../kit/index.js';
import { run, search } from '../../kit/model.js';
import { type Evidence, release, weakest } from '../../linux/index.js';
import { releaseContract, VCPUS } from './model.js';
import { contractKind, freedAsBlock } from './page-kinds.js';
import { everyFacts, type PfnFacts } from './pfn-facts.js';
import { answers, type Contract } from './rule.js';

/** Worst first. */
export const CELL_WORDS = ['use after free', 'underflow', 'hang', 'leak', 'refused', 'bounded', 'ok'] as const;
export type CellWord = (typeof CELL_WORDS)[number];

export interface ContractCell {
  readonly rule: string;
  readonly kind: string;
  readonly release: string;
  readonly verdict: CellWord;
  /** The property that is violated, or that nothing reaches; null where the cell is ok. */
  readonly property: string | null;
  /** Steps of the shortest run into it; null: ok, or refused in every order. */
  readonly traceLength: number | null;
  readonly states: number;
  readonly evidence: Evidence;
}

/** What was found, with its run. */
export interface SearchedCell extends ContractCell {
  readonly trace: Run | null;
}

const WORD: Readonly<Record<string, CellWord>> = {
  accounting: 'underflow',
  'nothing is freed under its owner': 'use after free',
  'an SPTE leads to what the guest has': 'use after free',
  'each get has one put': 'leak',
};

const SERVED = 'the guest is served';
const GOES = 'the device goes';

type Found = Pick<SearchedCell, 'verdict' | 'property' | 'trace' | 'states'> & { readonly release: string };

/** By what a cell's search depends on: rules with the same answers, releases with the same path. */
const searched = new Map<string, Found>();

type Asked = 'kvm_retry_before_lock' | 'kvm_owns_page' | 'free_raced_block' | 'zone_device_refcount';

/** Behaviours of a release that change a cell: how a block is freed matters only where there is one, who waits for a device only with a device. */
function behavioursFor(kind: string): readonly Asked[] {
  const more: Asked[] = freedAsBlock(contractKind(kind)) ? ['free_raced_block'] : [];
  if (isDevice(kind)) more.push('zone_device_refcount');
  return ['kvm_retry_before_lock', 'kvm_owns_page', ...more];
}

/** What of them the path depends on. */
function pathOf(kind: string, tag: string): readonly (string | boolean)[] {
  const r = release(tag);
  return behavioursFor(kind).map(b => {
    if (b === 'kvm_owns_page') return r.value(b) === 'tracked-page';
    return b === 'zone_device_refcount' ? unbindWaits(tag) : r.value(b);
  });
}

/** Whether an unbind of the device waits for references to its pages: up to 5.17. */
function unbindWaits(tag: string): boolean {
  return ['A', 'B'].includes(release(tag).value('zone_device_refcount'));
}

/** What a cell's search depends on. */
function keyOf(rule: Contract, kind: string, tag: string): string {
  return JSON.stringify([answers(rule, factsOfKind(kind)), kind, ...pathOf(kind, tag)]);
}

/** What a page of this kind can ever show: what it is made of stays, who has it changes. */
function factsOfKind(kind: string): readonly PfnFacts[] {
  const b = contractKind(kind).pages[0]?.backing;
  return everyFacts().filter(
    pfn =>
      pfn.pfn_valid === b?.pfn_valid &&
      pfn.PageReserved === (b.pfn_valid && b.PageReserved) &&
      pfn.is_zero_pfn === b.is_zero_pfn &&
      pfn.is_zone_device_page === b.is_zone_device_page,
  );
}

/** So small that the interpreter is done before a compiled search would begin. */
const SMALL = { engine: 'interpreter', symmetry: 'off' } as const;

/**
 * The worst that happens, by the first thing that goes wrong on the shortest way into it. Every interleaving of two vCPUs, one invalidation,
 * the owner and somebody who gets what is freed is searched. Errors: an unknown kind or release; a rule that answers neither yes nor no.
 */
export function contractCell(rule: Contract, kind: string, tag: string, level: Evidence = 'inferred'): SearchedCell {
  contractKind(kind);
  const key = keyOf(rule, kind, tag);
  let found = searched.get(key);
  if (found === undefined) {
    found = { ...find(rule, kind, tag), release: tag };
    searched.set(key, found);
  }
  const r = release(tag);
  // Asked of this release also where another with the same path was searched: the cell rests on its rules.
  for (const b of behavioursFor(kind)) r.rule(b);
  const evidence = weakest(level, ...r.grounds().map(g => g.level));
  const trace = found.release === tag ? found.trace : replayed(found.trace, rule, kind, tag);
  return { ...found, rule: rule.name, kind, release: r.tag, trace, traceLength: trace?.steps.length ?? null, evidence };
}

/** The same run under the name of another release with the same path: a figure must not name a kernel that was not asked for. */
function replayed(trace: Run | null, rule: Contract, kind: string, tag: string): Run | null {
  if (trace === null) return null;
  const line = ({ process, picks }: Run['steps'][number]) =>
    process + (picks.length > 0 ? ` pick ${picks.join()}` : '');
  return run(releaseContract({ rule, kind, release: tag }), trace.steps.map(line));
}

function find(rule: Contract, kind: string, tag: string): Omit<Found, 'release'> {
  const model = releaseContract({ rule, kind, release: tag });
  const all = search(model, SMALL);
  const { states } = all;
  if (all.verdict === 'violated') {
    const property = all.violated ?? all.property ?? '';
    const word = WORD[property];
    if (word === undefined) throw new RangeError(`no word for the property '${property}'`);
    if (word === 'leak' && isDevice(kind) && unbindWaits(tag))
      return hang(search(model, { property: GOES, ...SMALL }), states);
    return { verdict: word, property, trace: all.trace ?? null, states };
  }
  if (all.verdict !== 'holds') return { verdict: 'bounded', property: null, trace: null, states };
  const served = search(model, { property: SERVED, ...SMALL });
  if (served.verdict !== 'reached') return { verdict: 'refused', property: SERVED, trace: null, states };
  if (isDevice(kind) && unbindWaits(tag)) {
    const goes = search(model, { property: GOES, ...SMALL });
    if (goes.verdict !== 'holds') return hang(goes, states);
  }
  return { verdict: 'ok', property: null, trace: null, states };
}

function hang(goes: Verdict, states: number): Omit<Found, 'release'> {
  return { verdict: 'hang', property: GOES, trace: goes.lasso?.stem ?? goes.trace ?? null, states };
}

function isDevice(kind: string): boolean {
  return contractKind(kind).pages[0]?.backing.is_zone_device_page === true;
}

/** What every cell's search covers, in words. */
export const BOUNDS = `${VCPUS} vCPUs, one page touched, one invalidation, its owner, and somebody who gets what is freed`;
