/**
 * Who counts a device page, in four eras (behaviour zone_device_refcount of data/releases.json), and the teardown of its device.
 * Kernel: mm/memremap.c, mm/swap.c, drivers/dax/device.c.
 * Left out: the file system's own wait before an unbind of pmem; what becomes of a GENERIC page at count 0 (C warns, D resets to 1).
 */
import type { Element, Next } from '../../model/index.js';
import { wait } from '../../model/index.js';
import type { Config, Machine, Page } from './structs.js';

type Holding = 'base' | 'pte' | 'map' | 'io';

/** After a reference was taken. Only era A counts it for the device too (get_zone_device_page). */
export function get_zone_device_page(c: Config, s: Machine, page: Page): void {
  if (c.era === 'A' && page.backing.is_zone_device_page) s.pgmap.ref.get('page', page);
}

/** After a reference was put: era A gives one back for the device, era B the page's own when its count is 0 (__put_page). */
function put_zone_device_page(c: Config, s: Machine, page: Page): void {
  if (!page.backing.is_zone_device_page) return;
  if (c.era === 'A') s.pgmap.ref.put('page', page);
  if (c.era === 'B' && page._refcount.is(0)) s.pgmap.ref.put('page', page);
}

/** put_page() of a reference that one holder holds. */
export function put_page(c: Config, s: Machine, page: Page, holder: Holding): void {
  page._refcount.put(holder);
  put_zone_device_page(c, s, page);
}

/** put_page() of a reference that gup took for this vCPU. */
export function put_page_of_gup(c: Config, s: Machine, page: Page, vcpu: Element): void {
  page._refcount.put('gup', vcpu);
  put_zone_device_page(c, s, page);
}

/** The device goes: `s.page[me.i]` is the page whose base reference is put next (era B). */
export interface Unbind extends Element {
  i: number;
}

const isDevice = (p: Page) => p.backing.is_zone_device_page;

/** dev_pagemap_kill(): from here on get_dev_pagemap() fails. */
export function dev_pagemap_kill(c: Config, s: Machine): Next {
  s.pgmap.state = 'DYING';
  s.pgmap.ref.put('live');
  return { A: 'dev_pagemap_cleanup', B: 'put_page', C: 'percpu_ref_put_many', D: 'percpu_ref_put_many' }[c.era];
}

/** Era B, one page a step: for_each_device_pfn(pfn, pgmap) put_page(pfn_to_page(pfn)). */
export function memunmap_put_page(c: Config, s: Machine, me: Unbind): Next {
  const page = s.page[me.i];
  if (page !== undefined && isDevice(page)) put_page(c, s, page, 'base');
  if (me.i >= s.page.length - 1) return 'dev_pagemap_cleanup';
  me.i++;
  return 'put_page';
}

/** Eras C and D: the device references of all pages at once; no page's count is read. */
export function percpu_ref_put_many(s: Machine): void {
  for (const page of s.page.filter(isDevice)) s.pgmap.ref.put('page', page);
}

/** Does the teardown wait for references to the pages? Eras C and D put all of theirs without a look at any count. */
export function teardown_waits(c: Pick<Config, 'era'>, held: boolean): boolean {
  return held && (c.era === 'A' || c.era === 'B');
}

/** Sleeps, uninterruptibly, until nobody holds the device. Named as in 5.3; where other releases sleep: behaviour devdax_hang_at. */
export function dev_pagemap_cleanup(s: Machine): Next {
  if (!s.pgmap.ref.is(0)) return wait;
  s.pgmap.state = 'DONE';
}

/**
 * The struct pages go away with their section; of a region that is only a part of one (128 MiB on x86) whose other part is in use, they stay
 * (section_deactivate: read in 6.1.192; recorded for 64 MiB).
 */
export function arch_remove_memory(s: Machine, memmap: 'goes' | 'stays' = 'goes'): void {
  s.pgmap.state = memmap === 'stays' ? 'KEPT' : 'REMOVED';
}
