/** Notebook 01: what is wrong is told why; what is right passes however it is written. */

import type { Fault } from '#src/linux/dax/mmu.js';
import type { Machine } from '#src/linux/dax/structs.js';
import { restart } from '#src/model/index.js';
import type { Looks } from '#src/stories/zone-device/lesson.js';
import { judged } from './judged.js';

const next = 'tdp_page_fault';
const puts = (s: Machine, me: Fault) => {
  me.page?._refcount.put('gup', me);
  if (me.page?._refcount.is(0)) s.pgmap.ref.put('page', me.page);
};

judged('zd-1', {
  wrong: [
    [() => next, /A fault ends, and what gup took is still there/],
    [
      (s: Machine, me: Fault) => {
        puts(s, me);
        me.page?._refcount.put('gup', me);
        return next;
      },
      /gives back what nobody holds/,
    ],
    [
      (_s: Machine, me: Fault) => {
        me.page?._refcount.put('gup', me);
        return next;
      },
      /the put that brings it to 0 lets go of the device/,
    ],
    [(_s: Machine, me: Fault) => me.page?._refcount.put('nobody' as 'gup', me), /nobody/],
    [
      (s: Machine, me: Fault) => {
        puts(s, me);
        return 'tdp_page_falt';
      },
      /tdp_page_falt/,
    ],
    [3, /has to be a function/],
    [
      (s: Machine, me: Fault) => {
        if (me.page?.id === 0) puts(s, me);
        return next;
      },
      /page\[1\]/,
    ],
  ],
  right: [
    (s: Machine, me: Fault) => {
      puts(s, me);
      return next;
    },
    (s: Machine, me: Fault) => {
      const page = me.page;
      if (page === null) return next;
      if (page._refcount.putTestZero('gup', me)) s.pgmap.ref.put('page', page);
      return next;
    },
    (s: Machine, me: Fault) => {
      puts(s, me);
      return restart;
    },
  ],
});

judged('zd-2', {
  wrong: [
    [(p: Looks) => p.pfn_valid && !p.PageReserved, /shared zero page, \/dev\/dax and a file/],
    [(p: Looks) => p.pfn_valid, /differ for PG_reserved RAM/],
    [(p: Looks) => p.pfn_valid && (!p.PageReserved || p.is_zone_device_page), /differ for the shared zero page\./],
    [(p: Looks) => p.pfn_valid && (!p.PageReserved || p.is_zero_pfn), /differ for \/dev\/dax and a file/],
    [
      (p: Looks) => !p.PageReserved || p.is_zone_device_page || p.is_zero_pfn,
      /differ for MMIO, no struct page\. .* ask pfn_valid first/,
    ],
    [() => true, /PG_reserved RAM by VM_PFNMAP and MMIO/],
    [() => false, /anonymous or file RAM/],
    [(p: Looks) => p.pfn_valid && p.PageReserved, /anonymous or file RAM, PG_reserved RAM/],
    ['!pfn.PageReserved', /has to be a function/],
  ],
  right: [
    (p: Looks) => (p.pfn_valid && (!p.PageReserved || p.is_zone_device_page || p.is_zero_pfn) ? 1 : 0),
    (p: Looks) => {
      if (!p.pfn_valid) return false;
      if (p.is_zero_pfn || p.is_zone_device_page) return true;
      return !p.PageReserved;
    },
    ({ pfn_valid, is_zero_pfn, ...rest }: Looks) =>
      pfn_valid && (is_zero_pfn || !rest.PageReserved || rest.is_zone_device_page),
    (p: Looks) => p.pfn_valid && !(p.PageReserved && !p.is_zone_device_page && !p.is_zero_pfn),
  ],
});

const refs = [4, 1, 1, 1, 1, 2, 1, 3];
judged('zd-3', {
  wrong: [
    [{ refs: [1, 1, 1, 1, 1, 1, 1, 1], percpu: [9, 8, 0], hangs: false }, /Nothing is counted yet/],
    [{ refs: [3, 1, 1, 1, 1, 1, 1, 2], percpu: [9, 8, 3], hangs: true }, /Look at refs, page 0/],
    [{ refs: [4, 1, 1, 1, 1, 1, 1, 3], percpu: [9, 8, 3], hangs: true }, /Look at refs, page 5/],
    [{ refs, percpu: [9, 8, 6], hangs: true }, /Look at percpu/],
    [{ refs, percpu: [9, 8, 3], hangs: false }, /Look at hangs/],
    [{ ref: refs, percpu: [9, 8, 3], hangs: true }, /field 'refs' is missing\. Did you write it as 'ref'\?/],
    [{ refs: refs.slice(1), percpu: [9, 8, 3], hangs: true }, /list of eight whole numbers/],
    [{ refs, percpu: [9, 8], hangs: true }, /list of three whole numbers/],
    [{ refs, percpu: [9, 8, 3], hangs: 'true' }, /true or false, without quotes/],
  ],
  right: [
    { refs, percpu: [9, 8, 3], hangs: true },
    { hangs: true, percpu: [9, 9 - 1, 3], refs: Array.from(refs, n => n) },
    { refs: Object.freeze([...refs]), percpu: [1 + 8, 8, 3] as const, hangs: !false },
  ],
});

judged('zd-4', {
  wrong: [
    [['vcpu to tdp_page_fault'], /its SPTE was set/],
    [['vcpu x4', 'notifier x2'], /has to run to its end/],
    [[], /nothing has run yet/i],
    [['notifier x2'], /no fault has begun/],
    [['vcpu x4', 'notifier x2', 'vcpu x2', 'vcpu to tdp_page_fault'], /a later fault/],
    [['vcpu x4', 'notifer x2', 'vcpu x2'], /notifer/],
    ['vcpu x4', /has to be a list/],
  ],
  right: [
    ['vcpu x4', 'notifier x2', 'vcpu x2'],
    ['vcpu', 'notifier x2', 'vcpu to tdp_page_fault'],
    ['vcpu', 'notifier', 'vcpu to tdp_page_fault', 'notifier'],
    ['vcpu x3', 'unbind', 'vcpu x3'],
  ],
});

judged('zd-5', {
  wrong: [
    [['nested x2'], /truncate has not run/],
    [['nested x2', 'truncate to done'], /nobody has used the address since/],
    [['truncate to done', 'nested x3'], /maps nothing/],
    [['nested x3', 'truncate to done'], /L2 ran while the block was still the file’s/],
    [['nested', 'truncate to done', 'nested x2'], /truncate waits/],
    [['nested x2', 'trunkate', 'nested'], /trunkate/],
  ],
  right: [
    ['nested x2', 'truncate to done', 'nested'],
    ['nested x2', 'truncate x5', 'nested'],
    ['nested', 'nested', 'truncate to done', 'nested'],
    ['nested', 'truncate', 'nested', 'truncate to done', 'nested'],
    ['truncate', 'nested x2', 'truncate to done', 'nested'],
  ],
});
