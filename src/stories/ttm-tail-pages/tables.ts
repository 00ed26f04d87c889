/** What notebook 02 shows in tables: each row is a run, a search or a recording. */
import { PAGE_KINDS, RECORDED_KERNELS, recorded, release as releaseOf } from '../../linux/index.js';
import { TTM_ALLOCATORS, type TtmAllocator, ttm_pool_alloc } from '../../linux/mm/page_alloc.js';
import { type Figure, knownTable, releaseMatrix, type Series, type Table } from '../../views/index.js';
import { accessInWords, guestAccess, type TrackedReference, trackedReference } from '../precise-tracking/index.js';
import { TEARDOWNS } from './blob-teardown.js';
import { RANGE_VARIANTS, type RangeVariant } from './invalidate-range-options.js';
import { ttmTailPage } from './model.js';
import { placementRun, ttmPlacement } from './placement.js';
import { rangeReading } from './range-orders.js';
import { virtioGpuBlob } from './virtio-gpu-blob.js';

/** The part of a buffer of 1 to `most` pages that has a count, where memory is not fragmented; apart: the sizes that are one block. */
export function mappableParts(most: number): readonly Series[] {
  const sizes = Array.from({ length: most }, (_, i) => i + 1);
  const part = (name: string, x: readonly number[]): Series => ({
    name,
    x,
    y: x.map(size => ttm_pool_alloc(size).length / size),
  });
  const whole = (size: number): boolean => ttm_pool_alloc(size).length === 1;
  return [
    part('one block is enough', sizes.filter(whole)),
    part(
      'several blocks',
      sizes.filter(size => !whole(size)),
    ),
  ];
}

/** The counts of a block of four pages, with and without __GFP_COMP. */
export function twoTails(): Table {
  const row = (name: string, gfp_comp: boolean) => () => {
    const start = ttmTailPage({ order: 2, gfp_comp }).run([]);
    const counts = [0, 1, 2, 3].map(i => Number(start.value(`page[${i}]._refcount`)));
    return [name, ...counts, String(start.value('page[3].head') ?? 'none')];
  };
  const columns = ['block of order 2', 'page 0', 'page 1', 'page 2', 'page 3', 'head of page 3'];
  return knownTable(columns, [row('with __GFP_COMP', true), row('without', false)]);
}

/** A verdict as the answer to a question; what was cut off answers neither. */
const yes = (verdict: string, is: string, isNot: string): string =>
  verdict === is ? 'yes' : verdict === isNot ? 'no' : verdict;

/** A touch of a tail on each release: does any order do harm, and is the access ever served? */
export function releasesTable(...releases: readonly string[]): Table {
  const rows = releases.map(release => () => {
    const model = ttmTailPage({ release });
    const safe = model.explore();
    const served = model.explore({ property: 'the guest’s access is served' });
    return [
      release,
      yes(safe.verdict, 'violated', 'holds'),
      safe.violated ?? '–',
      yes(served.verdict, 'reached', 'unreachable'),
    ];
  });
  return knownTable(['release', 'harm in some order', 'what is broken', 'served in some order'], rows);
}

/** A tail's count on recorded kernels with 5.12's get put back, and in the model of 5.12. */
export function oldGetTable(): Table {
  const rows = recorded('oldbug kretprobe: get_page on a count-0 tail page (pre-5.13 kvm_get_pfn)');
  const seen = RECORDED_KERNELS.map(kernel => {
    const at = (step: string) => rows.find(r => r.step === step)?.in[kernel];
    const puts = at('KVM_RUN guest read')?.releases as readonly { ownRefAtRelease: number }[] | undefined;
    const counts = [at('user mapped')?.ref, puts?.[0]?.ownRefAtRelease, at('KVM_RUN guest read')?.ref];
    return [`recorded, ${kernel}`, ...counts.map(Number)];
  });
  const model = () => {
    const run = ttmTailPage({ release: '5.12' }).run(['vcpu to kvm_faultin_pfn']);
    const release = run.steps.findIndex(s => s.step === 'kvm_release_pfn_clean');
    const counts = [0, release, release + 1].map(step => Number(run.value('page[1]._refcount', step)));
    return ['the model, 5.12', ...counts];
  };
  return knownTable(['', 'mapped', 'at the release', 'after it'], [...seen.map(row => () => row), model]);
}

/** What a cell of the matrix says: `1, 2, 1`; FREED; LEAK; -EFAULT; served. */
function inShort(said: string) {
  const tone = /freed|never/.test(said) ? 'bad' : /EFAULT/.test(said) ? 'warn' : 'good';
  const text = said
    .replace(/freed under.*/, 'FREED')
    .replace(/served, never put/, 'LEAK')
    .replace(/(, count stays.*)|(no reference: )|(: served$)/, '');
  return { text, tone } as const;
}

/** One guest access to each kind of page, in each of these releases. */
export function kindsMatrix(...releases: readonly string[]): Figure {
  const cell = (kind: string, release: string) => {
    const access = guestAccess({ release, kind });
    return { ...inShort(accessInWords(access)), run: access.trace };
  };
  return releaseMatrix({ title: 'One guest access: the count', kinds: PAGE_KINDS.map(k => k.name), releases, cell });
}

/** A page of a buffer in VRAM, touched; the buffer is evicted; the page is touched again. */
export function evictedTable(...releases: readonly string[]): Table {
  const rows = releases.map(release => () => {
    const { first, second } = placementRun({ release });
    const all = ttmPlacement({ release }).explore();
    const inRam = placementRun({ release, placement: 'system' }).first;
    return [release, first, second ?? '–', inRam, all.violated ?? (all.verdict === 'holds' ? 'nothing' : all.verdict)];
  });
  const accesses = ['in VRAM', 'evicted, touched again', 'in RAM from the start', 'what some order breaks'];
  return knownTable(['release', ...accesses], rows);
}

/** Each order in which a VMM lets go: with the notifier, without it, and without it where no driver evicts. */
export function teardownTable(): Table {
  const rows = (Object.keys(TEARDOWNS) as (keyof typeof TEARDOWNS)[]).map(teardown => () => {
    const blind = virtioGpuBlob({ teardown, notifier: false });
    const all = [virtioGpuBlob({ teardown }), blind.without('ttm'), blind].map(m => m.explore());
    return [teardown, ...all.map(v => v.violated ?? v.verdict)];
  });
  return knownTable(['the VMM goes', 'with the notifier', 'without, never evicted', 'without'], rows);
}

/** Two invalidations and a fault, in every order: the retries in vain, and the stale SPTEs. */
export function rangeTable(): Table {
  const kept = RANGE_VARIANTS.filter(v => v !== 'unlocked check only');
  const asked: readonly (readonly [release: string, variant: RangeVariant])[] = [
    ['5.11', 'correct'],
    ...kept.map(variant => ['6.7', variant] as const),
  ];
  const rows = asked.map(([release, variant]) => () => {
    const [on0, on1] = [0, 1].map(gfn => rangeReading({ release, variant, gfn }));
    return [
      release,
      variant === 'correct' ? 'as it is' : variant,
      on1?.orders ?? 0,
      on1?.in_vain_by_range ?? 0,
      on1?.in_vain_by_seq ?? 0,
      on0?.stale ?? 0,
    ];
  });
  const vain = ['gfn 1: in vain, one in progress', 'gfn 1: in vain, one has ended'];
  return knownTable(['release', 'range', 'orders', ...vain, 'gfn 0: stale SPTE'], rows);
}

/** On how many kinds of page kvm_vcpu_map() goes on using the page after it is freed. */
export function unguardedTable(...kernels: readonly TrackedReference[]): Table {
  const used = (o: TrackedReference) =>
    PAGE_KINDS.filter(k => trackedReference({ ...o, kind: k.name, map: true }).explore().verdict === 'violated').length;
  const rows = kernels.map(o => () => [
    `${o.release}${o.allow_unsafe_mappings === true ? ', allow_unsafe_mappings' : ''}`,
    used(o),
  ]);
  return knownTable(['kernel', `of ${PAGE_KINDS.length} kinds, used after free`], rows);
}

/** Where a block comes from × release: the counts of its pages, and what a guest gets that touches a tail of it. */
export function allocatorTable(releases: readonly string[]): Table {
  const order = 1;
  const rows = TTM_ALLOCATORS.map((allocator: TtmAllocator) => {
    const counts = () => {
      const start = ttmTailPage({ allocator, order }).run([]);
      return Array.from({ length: 2 ** order }, (_, i) => start.value(`page[${i}]._refcount`)).join(', ');
    };
    const of = (r: string) => () => placementRun({ release: r, order, allocator, placement: 'system' }).first;
    return () => [allocator, counts, ...releases.map(of)];
  });
  return knownTable(['the block is from', 'counts: head, tail', ...releases.map(r => releaseOf(r).tag)], rows);
}
