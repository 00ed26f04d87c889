/** The story of a blob, told in columns, and its lives for the page-lifecycle figure: the command, who holds the buffer, the mappings, the page. */
import { type Run, run } from '../../kit/index.js';
import { valueAt } from '../../model/index.js';
import type { Life, LifeSpan, Tone } from '../../views/index.js';
import { type VirtioGpuBlob, virtioGpuBlob } from './virtio-gpu-blob.js';

/** What a column says, and the steps behind it. */
const STORY: readonly (readonly [label: string, line: string])[] = [
  ['guest: CREATE_BLOB', 'guest'],
  ['VMM: GEM object, pages', 'vmm'],
  ['guest: MAP_BLOB', 'guest'],
  ['VMM: dma-buf, mmap', 'vmm x2'],
  ['VMM: memslot', 'vmm'],
  ['vCPU: gup refused, walk', 'vcpu x4'],
  ['vCPU: SPTE, release', 'vcpu to kvm_faultin_pfn'],
  ['TTM: notifier', 'ttm'],
  ['TTM: zap, end', 'ttm x2'],
  ['TTM: swap out', 'ttm to done'],
  ['vCPU: faults again', 'vcpu to kvm_faultin_pfn'],
  ['guest: UNMAP_BLOB', 'guest'],
  ['VMM: deletes memslot', 'vmm x3'],
  ['VMM: munmap', 'vmm to drm_gem_handle_delete'],
  ['guest: UNREF', 'guest'],
  ['VMM: closes handle', 'vmm to done'],
];

export interface BlobStory {
  readonly trace: Run;
  readonly lives: readonly Life[];
  /** What happens in each column. */
  readonly labels: readonly string[];
}

interface Drawn {
  readonly state: string;
  readonly tone: Tone;
}

interface Lane {
  readonly name: string;
  /** `after` a column, and `before` it: what is drawn in it; nothing: no bar. */
  drawn(after: (path: string) => string, before: (path: string) => string): Drawn | undefined;
}

const shown = (name: string, path: string, words: Record<string, string>, tone: Tone = 'info'): Lane => ({
  name,
  drawn(after) {
    const state = words[after(path)];
    return state === undefined ? undefined : { state, tone };
  },
});

const held = (name: string, holder: string): Lane => ({
  name,
  drawn: after => (Number(after(`bo.refcount<-${holder}`)) > 0 ? { state: '+1', tone: 'good' } : undefined),
});

function lanes(touch: number): readonly Lane[] {
  const page = `page[${touch}]`;
  const command = 'virtqueue.command';
  return [
    {
      name: 'command',
      // In flight until it is answered: also in the column in which the VMM answers.
      drawn(after, before) {
        const state = after(command) === 'none' ? before(command) : after(command);
        return state === 'none' ? undefined : { state: state.replace('RESOURCE_', ''), tone: 'info' };
      },
    },
    shown('blob in the guest', 'blob.is', { created: 'created', mapped: 'mapped' }),
    held('buffer: GEM handle', 'handle'),
    held('buffer: dma-buf', 'dma_buf'),
    held('buffer: VMA', 'vma'),
    held('buffer: TTM, moving it', 'evict'),
    shown('memslot', 'vmm.memslot', { valid: 'an address: holds nothing' }),
    shown(`host PTE of page ${touch}`, `va[${touch}].page`, { [page]: 'special' }),
    shown(`SPTE of page ${touch}`, `va[${touch}].spte`, { [page]: 'pfn' }),
    shown('invalidation', 'kvm.mmu_invalidate_in_progress', { true: 'runs' }, 'warn'),
    { name: `_refcount of page ${touch}`, drawn: after => ({ state: after(`${page}._refcount`), tone: 'plain' }) },
    shown(`page ${touch}`, `${page}.free`, { true: 'free', false: 'the buffer’s' }, 'plain'),
  ];
}

/**
 * A blob from CREATE_BLOB through fault, eviction and fault to RESOURCE_UNREF, as lives over columns. What a process cannot do any more is
 * left out: on 5.13 to 6.12 the vCPU stops at its first touch of a tail. Errors: as the model; a teardown other than `slot first`.
 */
export function blobStory(o: Omit<VirtioGpuBlob, 'teardown' | 'notifier'> = {}): BlobStory {
  const touch = o.touch ?? 1;
  const model = virtioGpuBlob(o);
  let trace = run(model, []);
  const columns: { readonly label: string; readonly from: number; readonly to: number }[] = [];
  for (const [label, line] of STORY) {
    const from = trace.steps.length - 1;
    const process = line.split(' ')[0] ?? line;
    if (valueAt(trace, process) !== 'done') trace = run(model, [line], trace);
    if (trace.steps.length - 1 > from) columns.push({ label, from, to: trace.steps.length - 1 });
  }
  const lives = lanes(touch).map(({ name, drawn }) => {
    const spans: LifeSpan[] = [];
    columns.forEach(({ from, to }, x) => {
      const now = drawn(
        path => String(valueAt(trace, path, to)),
        path => String(valueAt(trace, path, from)),
      );
      const last = spans.at(-1);
      if (now === undefined) return;
      if (last?.state === now.state && last.to === x) spans[spans.length - 1] = { ...last, to: x + 1 };
      else spans.push({ from: x, to: x + 1, ...now });
    });
    return { name, spans };
  });
  return { trace, lives, labels: columns.map(c => c.label) };
}
