/** What may be set in the story of zone-device-leak. */
import type { BackingName, WrongFix } from '../../linux/index.js';

export interface ZoneDeviceLeak {
  /** `5.3`, `5.4-rc8`, `6.1.192`: any release that data/releases.json knows, from 4.8 on. */
  readonly release?: string;
  /** 1 to 64 */
  readonly pages?: number;
  /** What backs each page in turn; the last one backs the rest. */
  readonly backing?: BackingName | readonly BackingName[];
  readonly vcpus?: number;
  /** How many references of one vCPU to one page are followed: a search that would need more says "bounded". */
  readonly faults?: number;
  /** Invalidations that change no mapping. */
  readonly zaps?: number;
  readonly fix?: WrongFix;
  /** A nested guest uses a page through kvm_vcpu_map(). */
  readonly map?: boolean;
  /** What the host does: unbind the device, truncate the file, or nothing. */
  readonly host?: 'unbind' | 'truncate' | 'nothing';
  /** The VMM may exit: its mappings go. */
  readonly exit?: boolean;
  /** A fault maps its neighbours too. */
  readonly prefetch?: boolean;
  /** Somebody else (RDMA) takes a long-term pin too. */
  readonly io?: boolean;
  /** What becomes of the struct pages when the device goes; `stays`: the region is a part of a section whose other part is in use. */
  readonly memmap?: 'goes' | 'stays';
}
