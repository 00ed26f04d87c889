/**
 * Who asks for long-term pins, with which flags; vfio's batches (drivers/vfio/vfio_iommu_type1.c, read in 6.1); and what QEMU makes of an error
 * (hw/vfio, read). Pure: no state.
 */
import { KernelError } from '../data/error.js';
import { release } from '../data/releases.js';

/** Entries of one page of `struct page *`, on 64 bit: vfio's batch. */
export const VFIO_BATCH_MAX = 4096 / 8;

/** The calls of gup that a mapping of `npage` pages is split into: pfns are compared only afterwards. */
export function vfioBatches(npage: number): readonly number[] {
  if (!Number.isInteger(npage) || npage < 0)
    throw new KernelError(`vfioBatches(${npage}): expected a whole number of pages, 0 or more`);
  const full = Math.floor(npage / VFIO_BATCH_MAX);
  const rest = npage % VFIO_BATCH_MAX;
  return [...Array.from({ length: full }, () => VFIO_BATCH_MAX), ...(rest > 0 ? [rest] : [])];
}

/** QEMU's region, hw/i386/pc.c: PC_ROM_MIN_VGA, PC_ROM_SIZE. Read-only when PCI is there. */
export const PC_ROM = {
  name: 'pc.rom',
  address: 0xc0000,
  bytes: 0xe0000 - 0xc0000,
  pages: (0xe0000 - 0xc0000) / 4096,
} as const;

export interface QemuAnswer {
  /** VFIO_IOMMU_MAP_DMA is tried so often. */
  readonly tries: number;
  /** What a person sees, in our words; the exact wording is QEMU's business. */
  readonly says: string;
}

/**
 * What QEMU does with what VFIO_IOMMU_MAP_DMA returned for a region. `never`: the ioctl does not return. It tries once more on EBUSY
 * (after an unmap). `runtime`: the guest runs already.
 */
export function qemuAnswer(
  result: string,
  when: 'setup' | 'runtime' = 'setup',
  region: string = PC_ROM.name,
): QemuAnswer {
  if (result === 'never') return { tries: 1, says: 'nothing: the start hangs' };
  if (!result.startsWith('-')) return { tries: 1, says: 'nothing: the guest starts' };
  const tries = result === '-EBUSY' ? 2 : 1;
  const what = `region ${region}: vfio_dma_map failed with ${result.slice(1)}`;
  return { tries, says: when === 'setup' ? `${what}; the set-up fails` : `${what}; hw_error(), the guest dies` };
}

/** A user of long-term pins, for memory that was never touched. */
export interface PinUser {
  readonly name: string;
  readonly flags: string;
  /** What gup may do with a zero PTE: FOLL_WRITE breaks copy-on-write. */
  readonly write: boolean;
  /** The memory has pages already: no page table is asked. */
  readonly folios: boolean;
}

/** The users of a release. Errors: as `release`. */
export function pinUsers(tag: string): readonly PinUser[] {
  const r = release(tag);
  const rdma = r.value('rdma_umem_flags');
  const forced = rdma !== 'none';
  const shape = r.value('gup_loop');
  const user = (name: string, flags: string): PinUser => ({
    name,
    flags,
    write: flags.includes('FOLL_WRITE'),
    folios: false,
  });
  return [
    user('vfio, read-only region (pc.rom)', 'FOLL_LONGTERM'),
    user('vfio, guest RAM', 'FOLL_WRITE|FOLL_LONGTERM'),
    user('RDMA, memory region that is only read', forced ? `${rdma}|FOLL_LONGTERM` : 'FOLL_LONGTERM'),
    user('RDMA, writable memory region', 'FOLL_WRITE|FOLL_LONGTERM'),
    user('io_uring, fixed buffers', 'FOLL_WRITE|FOLL_LONGTERM'),
    ...(shape === 'folios' || shape === 'pofs'
      ? [{ name: 'memfd_pin_folios (udmabuf)', flags: 'none: folios of a memfd', write: false, folios: true }]
      : []),
  ];
}
