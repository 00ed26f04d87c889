/** DAX: a file on ext4 and a character device in two sizes; gup, a guest, a truncate that waits, an unbind that does not. */
import * as dax from '../../linux/dax/dax.js';
import { teardown_waits } from '../../linux/dax/memremap.js';
import { config } from '../../linux/dax/structs.js';
import { kvmRules, release } from '../../linux/index.js';
import { backing } from '../../linux/mm/backing.js';
import type { Vma } from '../../linux/mm/memory.js';
import type { RamPage } from '../../linux/mm/mm_types.js';
import type { Lab, Program } from '../lab.js';
import { devicePage } from '../machine.js';
import { Guest, Process } from '../process.js';

const WRITE = { write: true };
const SHARED: Vma = { VM_PFNMAP: false, VM_IO: false, VM_MIXEDMAP: false, insert: 'dax_insert_pfn' };

/** A device, and what its fault handler makes: 4 KiB each, or 2 MiB at once with one folio behind it. */
interface Device {
  readonly name: string;
  readonly file: 'fsdax' | 'devdax';
  readonly huge: boolean;
}
const EXT4: Device = { name: 'fsdax-ext4', file: 'fsdax', huge: false };
const DEVICES: readonly Device[] = [
  EXT4,
  { name: 'devdax-align-2097152', file: 'devdax', huge: true },
  { name: 'devdax-align-4096', file: 'devdax', huge: false },
];
const PMD_ORDER = 9;

/**
 * The first two pages of a device; they stay from program to program. Of a file, where the file system put it: the recording tells, by the pfn
 * of the case's first row, whether it is the same place as before.
 */
function pagesOf(lab: Lab, { name, file, huge }: Device, step: string): readonly RamPage[] {
  const pfn = file === 'fsdax' ? lab.told(lab.of, step)[0]?.fields.pfn : undefined;
  const where = pfn === undefined ? name : `${name} at ${String(pfn)}`;
  const head = devicePage(lab.m, `${where} 0`, { backing: backing(file), order: huge ? PMD_ORDER : 0 });
  const second = huge ? { backing: backing(file), owner: 0, head } : { backing: backing(file) };
  return [head, devicePage(lab.m, `${where} 1`, second)];
}

function vmaOf({ file, huge }: Device): Vma {
  return { ...SHARED, fsdax: file === 'fsdax', insert: huge ? 'dax_insert_pmd' : 'dax_insert_pfn' };
}

/** The program touches page 1; page 0 is beside it. Its guest is recorded as a case of its own. `rules`: an old guess, put back by a probe. */
const used = (device: Device, name: string, old: boolean): Program => ({
  cases: [name, `kvm ${name}`],
  run(lab) {
    const pages = pagesOf(lab, device, 'touch (user write)');
    const rules = old ? { rules: kvmRules(release('5.3')) } : {};
    const p = new Process(lab.m, { vma: vmaOf(device), addresses: 2, pages, ...rules });
    const page = pages[1] ?? null;
    const signal = p.touch(1, 'write');
    lab.emit('touch (user write)', 'page1', p.at(1), { signal });
    lab.emit('touch (user write)', 'page0', p.at(0));
    for (const [step, call, longterm] of [
      ['get_user_pages_fast(W)', 'get_user_pages_fast', false],
      ['pin_user_pages_fast(W)', 'pin_user_pages_fast', false],
      ['pin_user_pages(W)', 'pin_user_pages', false],
      ['pin_user_pages_fast(W|LONGTERM)', 'pin_user_pages_fast', true],
    ] as const) {
      const taken = p.gup(1, call, { write: true, longterm });
      lab.emit(step, 'page1', page, { ret: taken.ret });
      p.put(taken);
    }
    lab.emit('released', 'page1', page);
    const guests = lab.told(`kvm ${name}`, 'before VM').length;
    for (let n = 0; n < guests; n++) lab.guest(`kvm ${name}`, new Guest(p), 1, 'page1', page);
    p.munmap();
    lab.emit('munmap', 'page1', page);
  },
});

/** ftruncate(0) by another process: its rows, and whether it sleeps. The mapping goes first (unmap_mapping_pages). */
function ftruncate(lab: Lab, p: Process, pages: readonly RamPage[], mapped: boolean): boolean {
  const c = config(release(lab.m.rules));
  if (!dax.dax_layout_looks(c, mapped)) return false;
  p.munmap();
  return dax.dax_page_busy(c, pages);
}

const slept = (sleeps: boolean) => (sleeps ? { returned: false, stack: 'ext4_break_layouts' } : { returned: true });

const truncatedMapped: Program = {
  cases: ['fsdax truncate vs gup reference'],
  run(lab) {
    const pages = pagesOf(lab, EXT4, 'touch');
    const page = pages[1] ?? null;
    const p = new Process(lab.m, { vma: vmaOf(EXT4), addresses: 2, pages });
    p.touch(1, 'write');
    lab.emit('touch', 'page1', page);
    const pin = p.gup(1, 'pin_user_pages_fast', WRITE);
    lab.emit('pin_user_pages_fast(W)', 'page1', page, { ret: pin.ret });
    lab.emit('ftruncate(0) in child', '', null, slept(ftruncate(lab, p, pages, true)));
    p.put(pin);
    lab.emit('unpin, then wait', '', null, slept(dax.dax_page_busy(config(release(lab.m.rules)), pages)));
  },
};

const truncatedUnmapped: Program = {
  cases: ['fsdax truncate while pinned, file unmapped first'],
  run(lab) {
    const pages = pagesOf(lab, EXT4, 'pin');
    const page = pages[1] ?? null;
    const p = new Process(lab.m, { vma: vmaOf(EXT4), addresses: 2, pages });
    p.touch(1, 'write');
    const pin = p.gup(1, 'pin_user_pages_fast', WRITE);
    lab.emit('pin', 'page1', page, { ret: pin.ret });
    p.munmap();
    lab.emit('munmap', 'page1', page);
    lab.emit('ftruncate(0) in child', '', null, slept(ftruncate(lab, p, pages, false)));
    lab.emit('after truncate', 'page1', page);
    p.put(pin);
    lab.emit('unpin', 'page1', page);
  },
};

/** KVM leaked references to the file's page (the old guess); then the file is truncated, for ever. */
const truncatedLeaked: Program = {
  cases: ['oldbug fsdax truncate after KVM leaked references'],
  run(lab) {
    const pages = pagesOf(lab, { ...EXT4, name: 'oldbug-fsdax-ext4' }, 'touch');
    const page = pages[1] ?? null;
    const p = new Process(lab.m, { vma: vmaOf(EXT4), addresses: 2, pages });
    p.touch(1, 'write');
    lab.emit('touch', 'page1', page);
    const sleeps = ftruncate(lab, p, pages, true);
    lab.emit('ftruncate(0) in child', '', null, slept(sleeps));
    if (sleeps) lab.emit('never returns', '', null, { refNow: page?._refcount.count() });
  },
};

const UNBIND = 'devdax unbind while a LONGTERM pin is held';

/** From 5.18 to 6.14 nobody reads a page's count when the device goes: the unbind returns, and the pinned page keeps its count. */
const unbound: Program = {
  cases: [UNBIND],
  run(lab) {
    const c = config(release(lab.m.rules));
    for (const { fields } of lab.told(UNBIND, 'pin(W|LONGTERM)')) {
      const device = DEVICES.find(d => d.file === 'devdax' && d.huge === (fields.order === PMD_ORDER)) ?? EXT4;
      const pages = pagesOf(lab, device, 'pin(W|LONGTERM)');
      const page = pages[1] ?? null;
      const p = new Process(lab.m, { vma: vmaOf(device), addresses: 2, pages });
      p.touch(1, 'write');
      const pin = p.gup(1, 'pin_user_pages_fast', { write: true, longterm: true });
      lab.emit('pin(W|LONGTERM)', 'page1', page, { ret: pin.ret });
      const waits = teardown_waits(
        c,
        pages.some(p => p._refcount.above(1)),
      );
      lab.emit('unbind', '', null, waits ? { returned: false } : { returned: true, status: 0 });
      // The region of the recording is half a section: the other half keeps the memmap of both.
      lab.emit('after unbind', 'page1', page);
      lab.emit('about to unpin', '', null, { pfnValid: 1 });
      p.put(pin);
      lab.emit('unpin', '', null, { returned: true });
    }
  },
};

export const DEVICE_PROGRAMS: readonly Program[] = [
  ...DEVICES.map(device => used(device, device.name, false)),
  truncatedMapped,
  truncatedUnmapped,
  ...DEVICES.map(device => used({ ...device, name: `oldbug-${device.name}` }, `oldbug-${device.name}`, true)),
  truncatedLeaked,
  unbound,
];
