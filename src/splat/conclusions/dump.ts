/** Conclusions about page dumps that stand alone. */

import type { Draw, Reading } from './reading.js';
import { neverInitialized } from './state.js';

export function dumpConclusion(r: Reading): Draw | null {
  const f = r.fields;
  const reason = f.reason ?? '';
  const blank = neverInitialized(r);
  if (blank !== null) return blank;
  if (f.notes.some(n => n.includes('poisoned')))
    return {
      certainty: 'likely',
      text: 'Something used a struct page that was never initialized.',
      because: { 'notes.0': f.notes[0] ?? null },
      next: ['Look for memory hotplug, or a pfn that is out of range in the calls above the report.'],
    };
  if (/^VM_(?:BUG|WARN)_ON/.test(reason)) return assertion(r);
  if (/^unmovable page|^migration failure|^isolation failed/.test(reason))
    return {
      certainty: 'likely',
      text: 'No fault: memory could not be moved or taken offline because of this page.',
      because: { reason: f.reason },
      next: [
        'If it comes again and again for one pfn, find who holds the page: a long-term pin, or a reference that was never put. page_owner=on names its allocation.',
      ],
    };
  if (reason.startsWith('kasan'))
    return {
      certainty: 'likely',
      text: 'KASAN shows the page behind an address that was misused: the page itself need not be at fault.',
      because: { reason: f.reason },
      next: ['Read the KASAN report above this dump: access, allocation and free stacks are there.'],
    };
  return null;
}

function assertion(r: Reading): Draw {
  const f = r.fields;
  const reason = f.reason ?? '';
  const next = [
    `Look up the assertion at ${f.bugAt ?? 'the place that the "kernel BUG at" line names'} in this kernel's source.`,
  ];
  if (/ref_count|page_count|_refcount/.test(reason))
    return {
      certainty: 'likely',
      text:
        f.refcount === 0
          ? 'Somebody took or dropped a reference of a page that nobody held any more: an assertion about the reference count failed.'
          : 'An assertion about the reference count failed.',
      because: { reason: f.reason, refcount: f.refcount },
      next: [
        ...next,
        'Find the put that was too many before it: the page_ref tracepoints show each get and put of a pfn.',
      ],
    };
  return {
    certainty: 'likely',
    text: `An assertion of a kernel built with CONFIG_DEBUG_VM failed: ${reason}.`,
    because: { reason: f.reason },
    next,
  };
}
