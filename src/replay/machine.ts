/**
 * A machine of plain objects for the kernel functions of src/linux/mm, gup and kvm: the pages of one boot, one CPU, and as many processes as
 * a recorded program had. The functions are those that the stories' declared models call; nothing here knows a rule of the kernel.
 */

import { GUP_PIN_COUNTING_BIAS } from '../linux/gup/pin.js';
import { type RecordedKernel, release } from '../linux/index.js';
import type { Backing } from '../linux/mm/backing.js';
import { backing } from '../linux/mm/backing.js';
import { HPAGE_PMD_ORDER } from '../linux/mm/huge_memory.js';
import type { Entry, RamHolder, RamHolders, RamPage } from '../linux/mm/mm_types.js';
import type { Batches, LruRules } from '../linux/mm/swap.js';
import { type Booking, books } from './books.js';

/** A change of a page's count, what the page was at that moment, and the model's functions that were running. */
export interface Change extends Booking {
  readonly page: number;
  readonly mapcount: number;
  readonly referenced: boolean;
  readonly lru: boolean;
  readonly active: boolean;
  /** Innermost first: names of the kernel's functions, as the model's are. */
  readonly stack: readonly string[];
}

/** CONFIG_LRU_GEN_ENABLED in Debian's kernels (their .config): from 6.12 on marks of access take no reference. */
const LRU: Readonly<Record<RecordedKernel, LruRules['lru']>> = { '6.1.192': 'classic', '6.12.117': 'mglru' };

/** What a page is when the machine gets it. */
export interface PageInit {
  readonly backing: Backing;
  /** References that somebody has from the start. */
  readonly owner?: number;
  readonly order?: number;
  readonly head?: RamPage;
  readonly free?: boolean;
}

export interface Machine {
  /** What was recorded. */
  readonly kernel: RecordedKernel;
  /** The release whose rules are followed: the same, unless somebody wants to see the difference. */
  readonly rules: string;
  /** Every page that the boot has had, by id; a page is never handed out again. */
  readonly page: RamPage[];
  readonly cpu: Batches;
  readonly lru: LruRules;
  /** The shared zero page, and the huge one with the subpages that somebody looks at. */
  readonly zero: RamPage;
  readonly huge_zero: readonly RamPage[];
  /** Pages of devices, by name: they stay from program to program. */
  readonly device: Map<string, RamPage>;
  /** Hears of each change of a count while it is set. */
  heard: ((change: Change) => void) | null;
}

/** Which subpages of a huge page are looked at: the head, 7 and 3. */
export const SUBPAGES = 3;

/** The machine after its boot. Errors: an unknown release. */
export function boot(kernel: RecordedKernel, rules: string = kernel): Machine {
  const m: Omit<Machine, 'zero' | 'huge_zero'> & Partial<Record<'zero' | 'huge_zero', unknown>> = {
    kernel,
    rules,
    page: [],
    cpu: { lru_add: 0, activate: 0 },
    lru: { batch: Number(release(kernel).value('lru_batch')), lru: LRU[kernel] },
    device: new Map<string, RamPage>(),
    heard: null,
  };
  const machine = m as Machine;
  m.zero = newPage(machine, { backing: backing('zero') });
  m.huge_zero = newFolio(machine, { ...backing('anon'), what: 'the huge zero page' }, HPAGE_PMD_ORDER, SUBPAGES, 1);
  return machine;
}

/** A struct page. */
export function newPage(m: Machine, init: PageInit): RamPage {
  const id = m.page.length;
  const page: RamPage = {
    id,
    backing: init.backing,
    _refcount: books<RamHolders>({
      weights: { pin: GUP_PIN_COUNTING_BIAS },
      holds: { owner: init.owner ?? 1 },
      heard: booking => m.heard?.({ ...booking, ...moment(page), stack: modelStack() }),
    }),
    head: init.head ?? null,
    order: init.order ?? 0,
    mapcount: 0,
    entire_mapcount: 0,
    large_mapcount: 0,
    anon: false,
    PageAnonExclusive: false,
    PG_lru: false,
    PG_referenced: false,
    PG_active: false,
    in_lru_add: false,
    in_activate: 0,
    free: init.free ?? false,
  };
  m.page.push(page);
  return page;
}

function moment({ id, mapcount, PG_referenced, PG_lru, PG_active }: RamPage) {
  return { page: id, mapcount, referenced: PG_referenced, lru: PG_lru, active: PG_active };
}

/** The pages of a folio that somebody looks at: the head, and tails that count on it. `owner`: references of the head. */
export function newFolio(m: Machine, of: Backing, order: number, watched: number, owner: number): readonly RamPage[] {
  const head = newPage(m, { backing: of, order, owner });
  const tails = Array.from({ length: watched - 1 }, () => newPage(m, { backing: of, owner: 0, head }));
  return [head, ...tails];
}

/** A free page of the allocator. */
export function newFree(m: Machine): RamPage {
  return newPage(m, { backing: backing('anon'), owner: 0, free: true });
}

/** A page table entry with nothing in it. */
export function newEntry(id: number): Entry {
  return {
    id,
    page: null,
    level: 'none',
    special: false,
    devmap: false,
    write: false,
    spte: null,
    spte_writable: false,
  };
}

/** A page of a device, made when it is first asked for. */
export function devicePage(m: Machine, name: string, init: PageInit): RamPage {
  const found = m.device.get(name) ?? newPage(m, init);
  m.device.set(name, found);
  return found;
}

/** What a holder holds of the page's folio. */
export function heldOf(page: RamPage, holder: RamHolder): number {
  return (page.head ?? page)._refcount.held(holder);
}

/** Deeper than any path through the model. */
const FRAMES = 40;

/** The model's own stack: the functions of src/linux that are running, innermost first. */
function modelStack(): readonly string[] {
  const frame = /^\s*at (?:[\w$]+\.)*([\w$]+) .*\/linux\/(?:mm|gup|kvm|dax)\//;
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = FRAMES;
  const { stack = '' } = new Error();
  Error.stackTraceLimit = limit;
  return stack.split('\n').flatMap(line => frame.exec(line)?.[1] ?? []);
}
