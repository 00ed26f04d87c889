/**
 * ttm-placement: the guest touches page 1 of a buffer in VRAM; the driver evicts the buffer to system RAM; the guest touches it again.
 * Verdict for "every access of the guest is served": 5.12 serves both, and the second put frees the page under TTM; 5.13 to 6.12
 * violated, by the second access; 6.13 holds. With blocks from CMA, where each page has a count, it holds everywhere.
 * Modelled and left out: as ttm-tail-page, of which this is another question.
 */
import type { Run } from '../../kit/index.js';
import { run } from '../../kit/model.js';
import { TTM_ALLOCATORS } from '../../linux/mm/page_alloc.js';
import { type Trace, valueAt } from '../../model/index.js';
import { defineScenario } from '../../model/scenario.js';
import { ttmTailPage } from './model.js';
import type { TtmTailPage } from './options.js';

/** The model of ttm-tail-page, with the question whether an access is ever refused. Placement: VRAM unless told. Errors: as there. */
export function ttmPlacement(o: TtmTailPage = {}) {
  return ttmTailPage({ placement: 'vram', ...o })
    .always('every access of the guest is served', s => !s.bo.refused)
    .sometimes('the buffer is evicted', s => s.bo.placement === 'system');
}

/** What one access came to. `freed`: served, and the page went back to the allocator under TTM. */
export type Access = 'served' | '-EFAULT' | 'freed';

export interface PlacementRun {
  /** The first access, with the buffer where it starts. */
  readonly first: Access;
  /** The access after the eviction; null: there was none, the buffer began in system RAM. */
  readonly second: Access | null;
  readonly trace: Run;
}

function accessed(t: Trace, touch: number): Access {
  const page = valueAt(t, `va[${touch}].spte`);
  if (page === null) return '-EFAULT';
  return valueAt(t, `${page}.free`) === true ? 'freed' : 'served';
}

/** One run: touch, evict, touch again; nobody else moves. Errors: as the model. */
export function placementRun(o: TtmTailPage = {}): PlacementRun {
  const { touch = 1, placement = 'vram' } = o;
  const model = ttmPlacement(o);
  const turn = (from?: Run): Run => {
    let t = run(model, ['vcpu'], from);
    while (!['done', 'kvm_faultin_pfn'].includes(t.steps.at(-1)?.next ?? '')) t = run(model, ['vcpu'], t);
    return t;
  };
  const begun = turn();
  const first = accessed(begun, touch);
  if (placement === 'system') return { first, second: null, trace: begun };
  const again = turn(run(model, ['amdgpu to done'], begun));
  return { first, second: accessed(again, touch), trace: again };
}

export const ttmPlacementScenario = defineScenario({
  name: 'ttm-placement',
  summary: 'A TTM buffer is evicted from VRAM to system RAM: is the guest’s next access still served?',
  thread: 'ttm-tail-pages',
  releases: ['6.12.117', '4.8', '5.12', '5.10.262', '5.13', '6.1.192', '6.6', '6.13', '7.2.13'],
  parameters: [
    { name: 'placement', default: 'vram', values: ['vram', 'system'], meaning: 'where the buffer is at first' },
    { name: 'allocator', default: 'alloc_pages', values: TTM_ALLOCATORS, meaning: 'where system RAM comes from' },
    { name: 'order', default: 1, min: 0, max: 2, meaning: 'order of the block in system RAM' },
    { name: 'touch', default: 1, min: 0, max: 3, meaning: 'which of its pages the guest touches; 0 is the head' },
  ],
  maker: ttmPlacement,
  model: p =>
    ttmPlacement({
      release: String(p.release),
      placement: p.placement === 'system' ? 'system' : 'vram',
      allocator: TTM_ALLOCATORS.find(a => a === p.allocator) ?? 'alloc_pages',
      order: Number(p.order),
      touch: Number(p.touch),
    }),
});
