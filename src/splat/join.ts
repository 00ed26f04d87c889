/** Which cleaned line is the rest of the one before it: mailers and terminals wrap long records. */
import { cpuLineIsShort } from './small.js';

/** Reasons that are longer than a word: enough to see that a wrap cut one of them. */
const reasons = [
  'PAGE_FLAGS_CHECK_AT_FREE flag(s) set',
  'PAGE_FLAGS_CHECK_AT_PREP flag set',
  'PAGE_FLAGS_CHECK_AT_PREP flag(s) set',
  'HWPoisoned (hardware-corrupted)',
  'page still charged to cgroup',
  'corrupted mapping in tail page',
  'compound_head not consistent',
  'still mapped when deleted',
  'nonzero compound_mapcount',
  'nonzero _refcount',
  'nonzero mapcount',
  'non-NULL mapping',
  'page_pool leak',
  'unmovable page',
  'kasan: bad access detected',
  'PageTail not set',
];

function open(text: string): boolean {
  let depth = 0;
  for (const c of text) {
    if (c === '(') depth++;
    else if (c === ')') depth--;
  }
  return depth > 0;
}

/** What every text holds that `continues` can find wrapped; most lines hold none of it. */
const wrappable =
  /Bad page|flags:|page:|raw: |head:|page dumped|page (?:last )?allocated|addr:|file:|ainted|omm: ?|^Hardware name:|>\](?: \?)?$|\\$/;

/** Whether the next line could be the rest of this one. */
export function mayContinue(text: string): boolean {
  return wrappable.test(text);
}

/** A pointer of fewer than 16 digits at the end, which the digits that follow complete to 16 (on 32 bit: to 8). */
function pointerIsCut(text: string, next: string): boolean {
  const head = /(?:mapping|anon_vma|page):([0-9a-f]+)$/.exec(text)?.[1];
  const tail = /^([0-9a-f]+)(?=\s+[a-z_]+:|$)/.exec(next)?.[1];
  if (head === undefined || tail === undefined) return false;
  return head.length + tail.length === 16 || head.length + tail.length === 8;
}

const biosDate = /(?:^|\s)\d\d\/\d\d\/\d{4}$/;

/** A machine's name ends with the version and the date of its BIOS, where it has one. */
function restOfHardware(text: string, next: string): boolean {
  if (biosDate.test(text) || next.length > 120 || /:\s/.test(next)) return false;
  return text.includes(', BIOS') ? biosDate.test(next) : /(?:^|[ ,/])BIOS(?: |$)/.test(next) || /,? BIOS$/.test(text);
}

const hexTail = /^(?:[0-9a-f]{1,16}(?:\s+|$))+$/;

/**
 * How `next` continues `text`: 'space' joins with a blank, 'glue' without, null when it does not.
 * `next` must be a line without a log prefix of its own.
 */
export function continues(text: string, next: string): 'space' | 'glue' | null {
  if (/Bad page (?:state|cache) in process/.test(text) && !/pfn:/.test(text))
    return /(?:^|\s)pfn:\s?[0-9a-f]+\S?$/.test(next) ? 'space' : null;
  if (/Bad page state at \w+ \(in process '[^']*',(?: page)?$/.test(text))
    return /^(?:page )?[0-9a-f]+\)$/.test(next) ? 'space' : null;
  if (/^flags:0x[0-9a-f]+ mapping:[0-9a-f]+$/.test(text)) return /^map(?:count|ped):/.test(next) ? 'space' : null;
  if (/Bad page(?: (?:state|map|cache)(?: in)?)?$/.test(text))
    return /^(?:(?:state|map|cache) )?(?:in )?process /.test(next) ? 'space' : null;
  if (/\[<[0-9a-f]+>\](?: \?)?$/.test(text)) return /^[A-Za-z_.][\w.]*\+0x/.test(next) ? 'space' : null;
  if (/^addr:[0-9a-f]+$/.test(text)) return next.startsWith('vm_flags:') ? 'space' : null;
  if (/Bad page map in process/.test(text))
    return /^(?:\S.*\s)?(?:pte|pmd|pud|p4d|entry):[0-9a-f]/.test(next) ? 'space' : null;
  if (/(?:^|\s)(?:raw|head): [0-9a-f]{8}/.test(text)) return hexTail.test(next) ? 'space' : null;
  if (/(?:^|\s)head:.*\w:-?\d+$/.test(text))
    return /^\w*(?:pincount|mapcount|nr_pages_mapped):/.test(next) ? 'space' : null;
  if (/page (?:last )?allocated via .*(?:gfp_mask|migratetype|,|\|)$/.test(text))
    return /^(?:0x[0-9a-f]+\(|__GFP_|[A-Z]\w+, |(?:gfp_mask|migratetype|p?id|tgid|ts|free_ts) )/.test(next)
      ? 'space'
      : null;
  const reason = /page dumped because:\s*(.*)$/.exec(text);
  if (reason !== null) {
    const head = reason[1] ?? '';
    if (reasons.some(r => r === `${head} ${next}`.trim())) return 'space';
    if (reasons.some(r => r === head + next)) return 'glue';
    if (/^(?:flags|raw|page|head|CPU|Modules)\b|^-{4}/.test(next)) return null;
    return open(head) && next.length < 200 ? 'space' : null;
  }
  if (/flags:\s*$/.test(text) && !text.includes('because of')) return /^0x[0-9a-f]/.test(next) ? 'space' : null;
  if (/flags:\s*0x[0-9a-f]+$/.test(text)) return /^\([\w|=]*\)?/.test(next) ? 'glue' : null;
  if (/flags:\s*0x[0-9a-f]+\([^)]*$/.test(text)) return /^[\w|=]*\)/.test(next) ? 'glue' : null;
  if (/(?<![\w-])page:/.test(text) || /addr:[0-9a-f]+ +vm_flags|file:\s*\S+ +fault:/.test(text)) {
    if (/:\s*$/.test(text) && /^(?:\(null\)|[0-9a-fx]+)(?:\s|$)/.test(next)) return 'space';
    if (pointerIsCut(text, next)) return 'glue';
    return /^(?:(?:ref)?count|mapcount|mapping|index|pfn|anon_vma|mmap|mmap_prepare|readpage|read_folio|compound_mapcount):|^flags:[0-9a-f]/.test(
      next,
    )
      ? 'space'
      : null;
  }
  if (text.startsWith('Hardware name:')) return restOfHardware(text, next) ? 'space' : null;
  if (/ainted.*\d\.\d\S*-$/.test(text)) return /^[\w.+-]+(?:\s+#\d|$)/.test(next) ? 'glue' : null;
  if (cpuLineIsShort(text) && next.length < 160 && !/^(?:Hardware|Call|Modules|RIP|Workqueue)/.test(next))
    return /ainted|Taint|^\(?\d+\.\d+|^[A-Z][A-Z\s]*\s\d+\.\d|^ed\b/.test(next)
      ? /^ed\b/.test(next)
        ? 'glue'
        : 'space'
      : null;
  return null;
}
