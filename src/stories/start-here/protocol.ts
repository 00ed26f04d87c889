/**
 * protocol: one fault against one invalidation; what mmu_invalidate_in_progress, mmu_invalidate_seq and mmu_lock are for.
 * Verdict: `correct` holds; each other variant leaves a stale SPTE in some orders (two-processes.ts names them).
 * Modelled: the fault as snapshot, walk, check with install; the invalidation as begin (zap), clear (the mapping moves to page 1), end.
 * Left out: a second try of the fault (gupref has it); ranges and a second invalidation (invalidate-range.ts has them).
 */
import { defineModel } from '../../kit/model.js';
import {
  bool,
  count,
  ghost,
  held,
  int,
  ModelError,
  only,
  type Phrase,
  pointer,
  type Seen,
  whatThereIs,
} from '../../model/index.js';
import { defineScenario } from '../../model/scenario.js';

/** What is taken out of the protocol, or put in the wrong place. */
export const PROTOCOL_VARIANTS = [
  'correct',
  'no check',
  'seq only',
  'in_progress only',
  'seq at begin',
  'seq at begin and end, no in_progress',
  'snapshot after walk',
  'check apart from install',
] as const;
export type ProtocolVariant = (typeof PROTOCOL_VARIANTS)[number];

export interface Protocol {
  readonly variant?: ProtocolVariant;
  /** The fault holds a reference to the page from the walk to the install. */
  readonly reference?: boolean;
}

/** The model’s type, by a name: what an editor and a cell print. */
export interface ProtocolModel extends ReturnType<typeof declared> {}

/** The model. The fault and the invalidation run once each, so there are finitely many orders. Errors: an unknown variant. */
export function protocol(options: Protocol = {}): ProtocolModel {
  return declared(options);
}

function declared(o: Protocol = {}) {
  return withProperties(withProcesses(o));
}

function withProcesses({ variant = 'correct', reference = false }: Protocol) {
  if (!PROTOCOL_VARIANTS.includes(variant))
    throw new ModelError(
      `protocol: no variant is called '${variant}'; expected ${whatThereIs(variant, PROTOCOL_VARIANTS)}`,
    );
  const is = (...some: ProtocolVariant[]) => some.includes(variant);
  const checksSeq = !is('no check', 'in_progress only');
  const checksProgress = !is('no check', 'seq only', 'seq at begin and end, no in_progress');
  const apart = is('check apart from install');
  return defineModel('protocol', {
    sorts: { page: 2 },
    state: {
      page: { _refcount: count({ owner: held({ init: 1 }), gup: held({ overdraft: 0 }) }) },
      mm: { pte: pointer('page', 0) },
      kvm: {
        spte: pointer('page'),
        mmu_invalidate_seq: int(0, 2),
        mmu_invalidate_in_progress: bool(),
        retried: ghost(bool()),
      },
    },
  })
    .process(
      'fault',
      { locals: { page: pointer('page'), mmu_seq: int(0, 2), retry: bool() } },
      {
        snapshot: only(!is('snapshot after walk'), (s, me) => {
          me.mmu_seq = s.kvm.mmu_invalidate_seq;
        }),
        walk(s, me) {
          me.page = s.mm.pte;
          if (reference) me.page?._refcount.tryGet('gup');
        },
        late_snapshot: only(is('snapshot after walk'), (s, me) => {
          me.mmu_seq = s.kvm.mmu_invalidate_seq;
        }),
        is_page_fault_stale: only(apart, (s, me) => {
          me.retry = checksProgress && s.kvm.mmu_invalidate_in_progress;
          if (checksSeq && s.kvm.mmu_invalidate_seq !== me.mmu_seq) me.retry = true;
        }),
        mmu_set_spte: only(apart, (s, me) => {
          if (me.retry) s.kvm.retried = true;
          else s.kvm.spte = me.page;
          if (reference) me.page?._refcount.put('gup');
        }),
        map_page: only(!apart, (s, me) => {
          let retry = checksProgress && s.kvm.mmu_invalidate_in_progress;
          if (checksSeq && s.kvm.mmu_invalidate_seq !== me.mmu_seq) retry = true;
          if (retry) s.kvm.retried = true;
          else s.kvm.spte = me.page;
          if (reference) me.page?._refcount.put('gup');
        }),
      },
    )
    .process(
      'invalidate',
      {},
      {
        begin(s) {
          s.kvm.mmu_invalidate_in_progress = true;
          if (is('seq at begin', 'seq at begin and end, no in_progress')) s.kvm.mmu_invalidate_seq++;
          s.kvm.spte = null;
        },
        clear(s) {
          s.mm.pte?._refcount.put('owner');
          s.mm.pte = s.page[1] ?? null;
        },
        end(s) {
          if (!is('seq at begin')) s.kvm.mmu_invalidate_seq++;
          s.kvm.mmu_invalidate_in_progress = false;
        },
      },
    );
}

function withProperties(model: ReturnType<typeof withProcesses>) {
  return model
    .always('no stale SPTE', (s, at) => {
      const over = at.fault?.[0] === 'done' && at.invalidate?.[0] === 'done';
      return !over || s.kvm.spte === null || s.kvm.spte === s.mm.pte;
    })
    .always('no SPTE leads to a free page', s => s.kvm.spte === null || s.kvm.spte._refcount.above(0))
    .always('in the end only the PTE holds a page', 'page', (s, page, at) => {
      const over = at.fault?.[0] === 'done' && at.invalidate?.[0] === 'done';
      return !over || page._refcount.is(page === s.mm.pte ? 1 : 0);
    })
    .always(
      'no invalidation is left in progress',
      (s, at) => at.invalidate?.[0] !== 'done' || !s.kvm.mmu_invalidate_in_progress,
    )
    .sometimes('the fault maps its page', s => s.kvm.spte !== null)
    .told({
      holders: { owner: 'the host' },
      phrases: PROTOCOL_PHRASES,
      events: [{ sign: '✎', word: 'stale SPTE', tone: 'bad', when: 'no stale SPTE' }],
    });
}

const seqOf = (seen: Seen): string => `seq is ${String(seen.now('kvm.mmu_invalidate_seq'))}`;
const installs = (seen: Seen): string =>
  seen.turned('kvm.retried', true) !== undefined
    ? 'I: the check fails, nothing is installed'
    : `I: ${seen.now('kvm.spte') === 'page[0]' ? 'SPTE to page 0' : 'SPTE to page 1'} installed`;

/** The letter of each step, and what it did. */
const PROTOCOL_PHRASES = {
  snapshot: seen => `S: ${seqOf(seen)}`,
  late_snapshot: seen => `S: ${seqOf(seen)}`,
  walk: seen => `W: finds ${String(seen.now('page')).replace(/\[(\d)\]/, ' $1')}`,
  is_page_fault_stale: seen => (seen.now('retry') === true ? 'C: something has changed' : 'C: nothing has changed'),
  mmu_set_spte: installs,
  map_page: installs,
  begin: seen => `b: SPTEs are dropped; ${seqOf(seen)}`,
  clear: 'c: page 0 is freed; entry: page 1',
  end: seen => `e: over; ${seqOf(seen)}`,
} as const satisfies Readonly<Record<string, Phrase>>;

/** A letter for each step, as in the orders: `bSWceI`. */
export const PROTOCOL_LETTERS: Readonly<Record<string, string>> = {
  snapshot: 'S',
  late_snapshot: 'S',
  walk: 'W',
  is_page_fault_stale: 'C',
  mmu_set_spte: 'I',
  map_page: 'I',
  begin: 'b',
  clear: 'c',
  end: 'e',
};

export const protocolScenario = defineScenario({
  name: 'protocol',
  summary:
    'A fault against an invalidation, once each: which orders leave a stale SPTE if a part of the protocol is missing?',
  thread: null,
  releases: [],
  parameters: [
    { name: 'variant', default: 'correct', values: PROTOCOL_VARIANTS, meaning: 'what is missing or misplaced' },
    { name: 'reference', default: 'no', values: ['no', 'yes'], meaning: 'the fault holds a reference to the page' },
  ],
  maker: protocol,
  model: p => protocol({ variant: p.variant as ProtocolVariant, reference: p.reference === 'yes' }),
});
