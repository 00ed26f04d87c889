/** What a report of a bad page holds. Everything here is plain data: it is also what `put-page decode --json` prints. */

/** Which of the kernel's reports it is; `dump_page` is a page dump without a "BUG: Bad page" line of its own. */
export type SplatKind = 'bad_page_state' | 'bad_page_map' | 'bad_page_cache' | 'dump_page';

/** How far a finding can be trusted: it follows from the printed fields, or it is a reading of them. */
export type Certainty = 'certain' | 'likely' | 'possible' | 'unknown';

/** A sentence about the report, how far it holds, and the fields that it was read from. */
export interface Finding {
  text: string;
  certainty: Certainty;
  /** The fields that the sentence rests on, with the values they have in this report. */
  because: Record<string, string | number | null>;
}

/** The `flags:` line. Null where the log does not say. */
export interface SplatFlags {
  /** page->flags as printed, hex with `0x`. */
  value: string | null;
  /** The flag names as printed, without node, zone and the like; null when no list was printed. */
  names: string[] | null;
  node: number | null;
  zone: number | null;
  /** The last CPU and pid that touched the page, hex with `0x`; all ones mean "not set". */
  lastCpupid: string | null;
  /** The word before `flags:`, such as `anon` or `ksm`; null when there is none. */
  type: string | null;
  /** Other `name=value` parts: section, kasantag. */
  other: Record<string, string>;
}

/** The process's mapping as "Bad page map" prints it. */
export interface SplatVma {
  addr: string | null;
  vmFlags: string | null;
  anonVma: string | null;
  mapping: string | null;
  index: string | null;
  file: string | null;
  fault: string | null;
  mmap: string | null;
}

/** One line of a call trace. */
export interface SplatFrame {
  function: string;
  /** False for the lines with `?`: addresses found on the stack that need not be callers. */
  reliable: boolean;
  module: string | null;
}

/** The fields of one report as they stand in the log: nothing is interpreted here. */
export interface SplatFields {
  kind: SplatKind;
  process: string | null;
  /** Page frame number, hex digits without `0x`, as the headline prints it. */
  pfn: string | null;
  /** The address of struct page as printed (it may be hashed), null when it is not printed. */
  page: string | null;
  refcount: number | null;
  /** The word that the log prints before the reference count: `count` up to 5.0. */
  countWord: 'count' | 'refcount' | null;
  mapcount: number | null;
  mapping: string | null;
  index: string | null;
  reason: string | null;
  flags: SplatFlags;
  /** The flags that "bad because of flags:" names. */
  badFlags: { value: string; names: string[] | null } | null;
  pageType: string | null;
  rawWords: string[] | null;
  /** The line about the head page: counts, order, address. */
  head: Record<string, string> | null;
  headWords: string[] | null;
  order: number | null;
  pincount: number | null;
  memcg: string | null;
  aops: string | null;
  pte: string | null;
  pmd: string | null;
  vma: SplatVma | null;
  kernel: string | null;
  /** Where the kernel's name was found: in this report, elsewhere in the same log, or nowhere. */
  kernelFrom: 'report' | 'log' | null;
  taint: string | null;
  cpu: number | null;
  pid: number | null;
  comm: string | null;
  hardware: string | null;
  /** "kernel BUG at …" after a dump. */
  bugAt: string | null;
  /** The function that the instruction pointer names. */
  at: string | null;
  frames: SplatFrame[];
  /** What page_owner=on adds: `page last allocated via order 0, …`, as printed; its stacks are not kept. */
  pageOwner: string | null;
  /** Sentences of dump_page itself (poisoned page, page that does not match its folio), or of the swap code before a bad entry. */
  notes: string[];
  /** How many reports the kernel's limiter swallowed before this one. */
  suppressed: number | null;
  /** 1-based lines of the input. */
  firstLine: number;
  lastLine: number;
}

/** First and last release that print such lines, both included; null: open on that side. */
export interface ReleaseBounds {
  from: string | null;
  until: string | null;
  /** The fields whose form tells. */
  fields: string[];
}

/** The answer in short: what happened, how sure that is, and what to do about it. */
export interface Conclusion extends Finding {
  /** What to do next, the most useful first; full sentences. */
  next: string[];
}

/** A word of struct page with its name in that release's layout. */
export interface DecodedWord {
  word: string;
  /** The fields of struct page in this word, or null when the layout is not known. */
  name: string | null;
  text: string;
}

/** A report with what it means. See docs/decode.md for each field. */
export interface SplatReport extends SplatFields {
  /** Function names of the call trace, `?` lines left out unless there are no others. */
  trace: string[];
  /** The test that fired, in words; null when it cannot be told. */
  check: string | null;
  conclusion: Conclusion;
  arch: string | null;
  /** For logs that do not name their kernel: the releases that print such lines. Null where it is named, or nothing tells. */
  releaseBounds: ReleaseBounds | null;
  /** First line of the report before this one that shows the same page frame; null when there is none. */
  samePageAt: number | null;
  /** The layout of struct page and page flags that was used, null when the release is not known. */
  layout: string | null;
  /** Numbers of the set flag bits that belong to names. */
  flagBits: number[] | null;
  words: DecodedWord[];
  /** Frames that run in every such report and say nothing about the guilty. */
  innocent: { function: string; text: string }[];
  findings: Finding[];
}
