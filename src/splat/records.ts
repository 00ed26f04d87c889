/** One cleaned segment of a log -> the record of a page report that it holds, if any. */
import { hexWords } from './raw.js';
import { type Pairs, type SplatRecord, tablesOf } from './record.js';
import { readCpu, readSmall } from './small.js';
import type { SplatKind } from './types.js';

const old = /Bad page state at [a-z_]\w*(?: \(in process '(.*?)', page ([0-9a-f]+)\)|$)/;
const header = /Bad page (state|map|cache) in process\s(.*)$/;

/** Whether nothing stands behind the numbers of a headline but perhaps one stray character: prose goes on. */
function endsLikeHeader(rest: string): boolean {
  const at = rest.search(
    /(?:pfn|pte|pmd|pud|p4d|pgd|entry):\s?(?:0x)?[0-9a-f]+\S?(?:\s+(?:pfn|pte|pmd|pud|p4d|pgd):\s?[0-9a-f]+\S?)*\s*$/,
  );
  return at >= 0 || !/pfn:|pte:|entry:/.test(rest);
}

/** A headline as the kernel prints it, with a name in which nothing can be mistaken. */
const usualHeader = /^BUG: Bad page state in process ([\w/.-]{1,15}) {2}pfn:([0-9a-f]+)$/;

function readHeader(text: string): SplatRecord | null {
  const usual = usualHeader.exec(text);
  if (usual !== null)
    return {
      is: 'header',
      kind: 'bad_page_state',
      process: usual[1] ?? '',
      pfn: usual[2] ?? null,
      page: null,
      tables: {},
      quoted: false,
      loose: false,
    };
  const m = old.exec(text);
  if (m !== null)
    return {
      is: 'header',
      kind: 'bad_page_state',
      process: m[1] ?? '',
      pfn: null,
      page: m[2] ?? null,
      tables: {},
      quoted: m[2] !== undefined,
      loose: false,
    };
  const h = header.exec(text);
  if (h === null) return null;
  const kind: SplatKind = h[1] === 'map' ? 'bad_page_map' : h[1] === 'cache' ? 'bad_page_cache' : 'bad_page_state';
  let rest = (h[2] ?? '').trim();
  const bare = /^'(.*)'/.exec(rest);
  if (bare !== null && !/pfn:|pte:/.test(rest))
    return {
      is: 'header',
      kind,
      process: bare[1] ?? '',
      pfn: null,
      page: null,
      tables: {},
      quoted: true,
      loose: false,
    };
  const loose = h.index > 0 && !/(?:^|\s)BUG:\s*$/.test(text.slice(0, h.index)) ? true : !endsLikeHeader(rest);
  let pfn: string | null = null;
  let tables: Pairs = {};
  if (kind === 'bad_page_map') {
    const at = rest.search(/(?:^|\s)(?:pte|pmd|pud|p4d|pgd|entry):\s?[0-9a-f]+/);
    if (at >= 0) {
      tables = tablesOf(rest.slice(at));
      rest = rest.slice(0, at).trim();
    }
  } else {
    const all = [...rest.matchAll(/(?:^|\s)pfn:\s?(?:0x)?([0-9a-f]+)/g)];
    const last = all.at(-1);
    if (last !== undefined) {
      pfn = last[1] ?? null;
      rest = rest.slice(0, last.index).trim();
    }
  }
  return {
    is: 'header',
    kind,
    loose,
    process: rest.replace(/\s+(?:pfn|pte|entry):.*$/, '').slice(0, 200),
    pfn,
    page: null,
    tables,
    quoted: false,
  };
}

const value = String.raw`\s*(\((?:null|nil|ptrval|_+ptrval_+|efault)\)|-?[0-9a-fx]+)(?=[^\w(]|$|[g-z](?:\s|$))`;
const pagePairs: readonly [string, RegExp][] = [
  ['refcount', /(?<![\w])(?:ref)?count:\s?(-?\d+)/],
  ['old_count', /(?<![\w])count:\s?(-?\d+)/],
  ['mapcount', /(?<![\w])map(?:count|ped):\s?(-?\d+)/],
  ['mapping', new RegExp(`(?<![\\w])mapping:${value}`)],
  ['index', new RegExp(`(?<![\\w])index:${value}`)],
  ['pfn', /(?<![\w])pfn:\s?(?:0x)?([0-9a-f]+)/],
  ['flags', /(?<![\w])flags:((?:0x)?[0-9a-f]+|\(null\))/],
  ['memcg', /(?<![\w])memcg:([0-9a-f]{8,16})/],
  ['compound_mapcount', /compound_mapcount:\s?(-?\d+)/],
];

function pairsOf(text: string): Pairs {
  const pairs: Pairs = {};
  for (const [key, pattern] of pagePairs) {
    const m = pattern.exec(text);
    if (m?.[1] !== undefined) pairs[key] = m[1];
  }
  return pairs;
}

// Behind a quotation mark it is a string of source code; around a whole line those are gone by now.
const pageLine = /(?<![\w"'`-])page:\s?([^\s:]*)(?=\s|$)/;
const pageCounts = /(?<![\w])(?:(?:ref)?count|mapcount):\s?-?\d|count: mapcount:/;

function readPage(text: string): SplatRecord | null {
  const poisoned = /(?<![\w-])page:\s?(\S*) (is uninitialized and poisoned)/.exec(text);
  if (poisoned !== null)
    return { is: 'page', page: poisoned[1] ?? null, pairs: {}, note: 'is uninitialized and poisoned', inside: false };
  const start = pageLine.exec(text);
  if (start === null) {
    // 2.6.9 to 2.6.15: the address stands in the headline, the rest follows without "page:".
    if (!/^flags:0x[0-9a-f]+ mapping:/.test(text)) return null;
    return { is: 'page', page: null, pairs: pairsOf(text), note: null, inside: false };
  }
  const rest = text.slice(start.index);
  if (!pageCounts.test(rest) && !/flags:(?:(?:0x)?[0-9a-f]+|\(null\)) /.test(rest)) return null;
  const address = /^(?:[0-9a-f]+|\(.*\))$/.test(start[1] ?? '') ? (start[1] ?? '') : '';
  return {
    is: 'page',
    page: address === '' ? null : address,
    pairs: pairsOf(rest),
    note: null,
    inside: start.index > 0,
  };
}

const flagsLine = /(?<![\w>])(?:(page|anon|ksm|movable|file) )?flags:\s*(0x[0-9a-f]+|\(nil\)|0)(?:\(([^()]*)(\)?))?/;

/** The list in the parentheses of a flags line, apart from the parts with `=`. */
function readNames(list: string): { names: string[]; other: Pairs } {
  const names: string[] = [];
  const other: Pairs = {};
  for (const part of list.split('|')) {
    const name = part.trim();
    const eq = name.indexOf('=');
    if (eq > 0) other[name.slice(0, eq)] = name.slice(eq + 1);
    else if (name !== '') names.push(name);
  }
  return { names, other };
}

const decimal = (text: string | undefined): number | null =>
  text !== undefined && /^\d+$/.test(text) ? Number(text) : null;

function readFlags(text: string): SplatRecord | null {
  const bad = /bad because of flags:?\s*(?:(0x[0-9a-f]+):?(?:\(([^)]*)\)?)?)?/.exec(text);
  if (bad !== null)
    return { is: 'badFlags', value: bad[1] ?? null, names: bad[2] === undefined ? null : readNames(bad[2]).names };
  const m = flagsLine.exec(text);
  if (m === null) return null;
  const { names, other } = readNames(m[3] ?? '');
  const { node, zone, lastcpupid, ...more } = other;
  return {
    is: 'flags',
    flags: {
      value: m[2] === '(nil)' || m[2] === '0' ? '0x0' : (m[2] ?? null),
      names: m[3] === undefined ? null : names,
      node: decimal(node),
      zone: decimal(zone),
      lastCpupid: lastcpupid ?? null,
      type: m[1] ?? null,
      other: more,
    },
  };
}

function readHead(text: string): SplatRecord | null {
  const m = /(?:^|\s)head:\s?(.*)$/.exec(text);
  if (m === null) return null;
  const rest = m[1] ?? '';
  if (/^[0-9a-f]{8,16} [0-9a-f]{8,16}/.test(rest)) return { is: 'headWords', ...hexWords(rest) };
  const pairs: Pairs = {};
  for (const p of rest.matchAll(/(\w+):\s?(-?\d+)/g)) pairs[p[1] ?? ''] = p[2] ?? '';
  if (Object.keys(pairs).length === 0) return null;
  const address = /^(\S+) /.exec(rest)?.[1];
  if (address !== undefined && !address.includes(':')) pairs.address = address;
  return { is: 'head', pairs };
}

const addrPairs: readonly [string, RegExp][] = [
  ['addr', /addr:([0-9a-f]+)/],
  ['vm_flags', /vm_flags:([0-9a-f]+)/],
  ['anon_vma', /anon_vma:\s*(\S+)/],
  ['mapping', /(?<!\w)mapping:\s*(\S+)/],
  ['index', /index:([0-9a-f]+)/],
  ['file', /(?<!\w)file:\s*(\S+)/],
  ['fault', /(?<!\w)fault:\s*(\S+)/],
  ['mmap', /(?<!\w)mmap:\s*(\S+)/],
];

function readAddr(text: string): SplatRecord | null {
  if (
    !/addr:[0-9a-f]+ +vm_(?:flags:|$)|file:\s*\S+ +fault:|vma->vm_ops->(?:fault|nopage):|vma->vm_file->f_op->mmap:/.test(
      text,
    )
  )
    return null;
  const pairs: Pairs = {};
  for (const [key, pattern] of addrPairs) {
    const m = pattern.exec(text);
    if (m?.[1] !== undefined) pairs[key] = m[1];
  }
  return { is: 'addr', pairs };
}

/** The record in this segment; null for the lines that no page report is made of. */
export function readRecord(text: string): SplatRecord | null {
  if (text === 'Call Trace:') return { is: 'traceStart' };
  if (text.startsWith('Modules linked in:') || /^<\/?[A-Z]+>$/.test(text)) return null;
  const raw = !text.includes('raw: ') ? null : /(?:^|\s)raw: ((?:[0-9a-f]{8}|[0-9a-f]{16})(?:\s|$).*)$/.exec(text);
  if (raw !== null) return { is: 'raw', ...hexWords(raw[1] ?? '') };
  return (
    (text.includes('Bad page ') ? readHeader(text) : null) ??
    (text.includes('head:') ? readHead(text) : null) ??
    (/addr:|file:|vma->/.test(text) ? readAddr(text) : null) ??
    (/page:|^flags:0/.test(text) ? readPage(text) : null) ??
    (text.includes('flags:') ? readFlags(text) : null) ??
    (text.includes('ainted') || text.includes('Comm:') ? readCpu(text) : null) ??
    readSmall(text)
  );
}
