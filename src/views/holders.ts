/**
 * The one table of holders: what each is called in words, and its colour and pattern, the same in every figure of the kit.
 * docs/figures.md shows it. An edge or a pattern has at least 3:1 against white and against its own fill's paper.
 */
import type { Look } from './colours.js';

export interface HolderLook extends Look {
  /** The holder in words: `the page table (pte)`. */
  readonly says: string;
}

const FILLS = {
  blue: { line: '#00609a', pale: '#9cc7e4' },
  sky: { line: '#1f76ad', pale: '#c4e4f7' },
  orange: { line: '#8f5f00', pale: '#f3c14f' },
  vermillion: { line: '#b04a00', pale: '#f0a27a' },
  green: { line: '#00765a', pale: '#8fd4be' },
  purple: { line: '#94466f', pale: '#e3b6d0' },
  olive: { line: '#6f6800', pale: '#f1ea9a' },
  grey: { line: '#595959', pale: '#d4d4d4' },
} as const;

type Fill = keyof typeof FILLS;
type Pattern = '' | '/' | '\\' | 'x' | '-' | '|' | '+' | '.';

const DASH: Readonly<Record<Pattern, Look['dash']>> = {
  '': 'solid',
  '/': 'dash',
  '\\': 'dash',
  x: 'dot',
  '-': 'dashdot',
  '|': 'dashdot',
  '+': 'dot',
  '.': 'dot',
};
const SYMBOL: Readonly<Record<Pattern, string>> = {
  '': 'circle',
  '/': 'square',
  '\\': 'circle-open',
  x: 'x',
  '-': 'square-open',
  '|': 'diamond-open',
  '+': 'triangle-up',
  '.': 'diamond',
};

const made = (says: string, fill: Fill, pattern: Pattern = ''): HolderLook => ({
  says,
  ...FILLS[fill],
  pattern,
  dash: DASH[pattern],
  symbol: SYMBOL[pattern],
});

/** By the holder's name in the models. Owners are sky, mappings blue, gup orange, KVM vermillion, the LRU green, pins purple. */
export const HOLDERS: Readonly<Record<string, HolderLook>> = {
  base: made('the device (base)', 'sky'),
  owner: made('the driver (owner)', 'sky', '-'),
  boot: made('the kernel since boot (boot)', 'sky', '|'),
  live: made('the live device (live)', 'sky', '.'),
  file: made('the file (file)', 'sky', '/'),
  handle: made('the driver’s handle (handle)', 'sky', '+'),
  pte: made('the page table (pte)', 'blue'),
  vma: made('the mapping (vma)', 'blue', '/'),
  page: made('its pages (page)', 'blue', '.'),
  gup: made('gup', 'orange'),
  reader: made('a reader (reader)', 'orange', '-'),
  kvm: made('KVM’s own get (kvm)', 'vermillion', '\\'),
  map: made('kvm_vcpu_map (map)', 'vermillion', '-'),
  local: made('the fault in hand (local)', 'vermillion', '.'),
  lru_batch: made('the LRU batch (lru_batch)', 'green', '.'),
  lru_add: made('the LRU batch (lru_add)', 'green', '.'),
  activate: made('the activate batch (activate)', 'green', '/'),
  isolate: made('isolated from the LRU (isolate)', 'green', '-'),
  cache: made('a cache (cache)', 'green', '|'),
  pin: made('a pin (pin)', 'purple', 'x'),
  pincount: made('a pin of a large folio (pincount)', 'purple', '+'),
  io: made('a device’s I/O (io)', 'purple', '/'),
  driver: made('another driver (driver)', 'olive', '+'),
  dma_buf: made('a dma-buf (dma_buf)', 'olive', '-'),
  evict: made('the eviction (evict)', 'olive', '/'),
  other: made('another (other)', 'grey', '|'),
};

/** For holders that a reader's own model names. */
const STRANGERS: readonly HolderLook[] = [
  made('', 'grey'),
  made('', 'olive'),
  made('', 'grey', '/'),
  made('', 'olive', '.'),
  made('', 'grey', 'x'),
  made('', 'olive', '|'),
  made('', 'grey', '.'),
  made('', 'olive', 'x'),
];
/** A second gup of the same class (`gup[1]`) has the class's colour and another pattern. */
const AGAIN: readonly Pattern[] = ['/', '.', 'x', '|', '+', '-', '\\'];

/** `gup[1]` is of the class `gup`, `pin by vfio` of the class `pin`. */
export function classOf(holder: string): string {
  const bare = holder.replace(/\[[^\]]*\]$/, '');
  // A reader's holder may be called `constructor`.
  if (Object.hasOwn(HOLDERS, bare)) return bare;
  const first = bare.split(' ')[0] ?? bare;
  return Object.hasOwn(HOLDERS, first) ? first : bare;
}

/** The look of each of these holders; known ones as in the table, others by the order in which they come. */
export function looksFor(names: readonly string[]): ReadonlyMap<string, HolderLook> {
  const strangers = [...new Set(names.map(classOf).filter(c => !Object.hasOwn(HOLDERS, c)))];
  return new Map(
    [...new Set(names)].map(name => {
      const of = classOf(name);
      const own =
        (Object.hasOwn(HOLDERS, of) ? HOLDERS[of] : undefined) ??
        STRANGERS[strangers.indexOf(of) % STRANGERS.length] ??
        made('', 'grey');
      const says = own.says === '' || of !== name.replace(/\[…\]$/, '') ? name : own.says;
      const id = Number(/\[(\d+)\]$/.exec(name)?.[1] ?? 0);
      if (id === 0) return [name, { ...own, says }];
      const others = AGAIN.filter(p => p !== own.pattern);
      const pattern = others[(id - 1) % others.length] ?? '';
      return [name, { ...own, says, pattern, dash: DASH[pattern], symbol: SYMBOL[pattern] }];
    }),
  );
}
