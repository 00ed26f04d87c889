/** Fields -> report: what the printed values mean. */
import { archOf, isBigEndian } from './arch.js';
import { releaseBounds } from './bounds.js';
import { checkText } from './checks.js';
import { conclude } from './conclusions/conclude.js';
import { countFindings } from './findings/counts.js';
import { flagFindings, placeFindings } from './findings/flags.js';
import { surroundingFindings } from './findings/kernel.js';
import { mapFindings } from './findings/map.js';
import { pageFindings } from './findings/page.js';
import { flagLayoutOf, readFlagBits, releaseRow } from './flags.js';
import { innocentFrames } from './innocent.js';
import { readPageType } from './page-type.js';
import { parseSplatStream, parseSplats } from './parse.js';
import { parseRelease, type Release } from './release.js';
import type { Finding, ReleaseBounds, SplatFields, SplatReport } from './types.js';
import { readWords, wordLayoutOf } from './words.js';

export interface DecodeOptions {
  /** A kernel release such as `6.9.12` to take instead of the one that the log names. */
  release?: string;
}

/** The calls of a trace that the unwinder trusts; all of them where it trusts none (2.6 without frame pointers). */
export function traceOf(f: SplatFields): string[] {
  const sure = f.frames.filter(x => x.reliable);
  return (sure.length > 0 ? sure : f.frames).map(x => x.function);
}

/** The release that the tables are taken of: the one that was asked for, or named, or the first that prints such lines. */
function releaseOf(f: SplatFields, bounds: ReleaseBounds | null, options: DecodeOptions): Release | null {
  const name = options.release ?? f.kernel;
  if (name !== null) return parseRelease(name);
  const [from, until] = [bounds?.from, bounds?.until].map(v => (v == null ? null : parseRelease(v)));
  if (from == null) return null;
  // Only where all releases between the bounds have the same tables.
  const same = (a: unknown, b: unknown): boolean => a === b;
  const last = until ?? { ...from, major: 99, minor: 0 };
  const alike =
    same(flagLayoutOf(from), flagLayoutOf(last)) &&
    same(wordLayoutOf(f, from), wordLayoutOf(f, last)) &&
    same(releaseRow(from)?.types, releaseRow(last)?.types);
  return alike ? from : null;
}

function boundsFinding(bounds: ReleaseBounds | null, f: SplatFields): Finding[] {
  if (bounds === null) return [];
  const span =
    bounds.from === null
      ? `${bounds.until} or earlier`
      : bounds.until === null
        ? `${bounds.from} or later`
        : bounds.from === bounds.until
          ? bounds.from
          : `${bounds.from} to ${bounds.until}`;
  return [
    {
      certainty: 'likely',
      text: `The log does not name its kernel. The form of its lines is that of ${span}, unless a distribution changed it (seen by: ${bounds.fields.join(', ')}).`,
      because: { kernel: f.kernel },
    },
  ];
}

/** Explains one report. Pure; never throws. `samePageAt`: the line of an earlier report of the same page, where there is one. */
export function explain(f: SplatFields, options: DecodeOptions = {}, samePageAt: number | null = null): SplatReport {
  const unnamed = (options.release ?? f.kernel) === null;
  const fits = unnamed ? readFlagBits(f.flags.value, f.flags.names, null).fits : [];
  const bounds = unnamed ? releaseBounds(f, fits) : null;
  const release = releaseOf(f, bounds, options);
  const arch = archOf(f);
  const flags = readFlagBits(f.flags.value, f.flags.names, release);
  const words = readWords(f, release, isBigEndian(arch));
  const type = readPageType(f, release);
  const trace = traceOf(f);
  return {
    // One by one: a spread of an object with so many fields takes V8 ten times as long.
    kind: f.kind,
    process: f.process,
    pfn: f.pfn,
    page: f.page,
    refcount: f.refcount,
    countWord: f.countWord,
    mapcount: f.mapcount,
    mapping: f.mapping,
    index: f.index,
    reason: f.reason,
    flags: f.flags,
    badFlags: f.badFlags,
    pageType: f.pageType,
    rawWords: f.rawWords,
    head: f.head,
    headWords: f.headWords,
    order: f.order,
    pincount: f.pincount,
    memcg: f.memcg,
    aops: f.aops,
    pte: f.pte,
    pmd: f.pmd,
    vma: f.vma,
    kernel: f.kernel,
    kernelFrom: f.kernelFrom,
    taint: f.taint,
    cpu: f.cpu,
    pid: f.pid,
    comm: f.comm,
    hardware: f.hardware,
    bugAt: f.bugAt,
    at: f.at,
    frames: f.frames,
    pageOwner: f.pageOwner,
    notes: f.notes,
    suppressed: f.suppressed,
    firstLine: f.firstLine,
    lastLine: f.lastLine,
    trace,
    check: checkText(f, flags.layout?.checkedAtFree ?? []),
    conclusion: conclude({ fields: f, words, type, release, trace, arch }, samePageAt),
    arch,
    releaseBounds: bounds,
    samePageAt,
    layout: [words.layout?.id, flags.layout?.id].filter(id => id !== undefined).join(', ') || null,
    flagBits: flags.bits === null ? null : [...flags.bits],
    words: words.words,
    innocent: innocentFrames(trace),
    findings: [
      ...countFindings(f, words, type, release),
      ...mapFindings(f, arch),
      ...flagFindings(f, flags, release, words.tail),
      ...pageFindings(f, words, arch),
      ...surroundingFindings(f, release, samePageAt),
      ...boundsFinding(bounds, f),
      ...placeFindings(f, arch),
    ],
  };
}

/** Reports of which the page frame is remembered, to see that one comes again. */
const pagesKept = 1024;

/** Explains reports in the order of a log and sees when two are about one page. */
class Explainer {
  private readonly seen = new Map<string, number>();
  private readonly options: DecodeOptions;

  constructor(options: DecodeOptions) {
    this.options = options;
  }

  explain(f: SplatFields): SplatReport {
    const pfn = f.pfn?.replace(/^0+(?=.)/, '') ?? null;
    const before = pfn === null ? null : (this.seen.get(pfn) ?? null);
    if (pfn !== null) {
      this.seen.delete(pfn);
      this.seen.set(pfn, f.firstLine);
      if (this.seen.size > pagesKept)
        for (const oldest of this.seen.keys()) {
          this.seen.delete(oldest);
          break;
        }
    }
    return explain(f, this.options, before);
  }
}

/**
 * Finds and explains every "Bad page state", "Bad page map", "Bad page cache" report and every page dump in a log.
 * Never throws: a text without a report gives an empty list.
 */
export function decode(text: string, options: DecodeOptions = {}): SplatReport[] {
  const explainer = new Explainer(options);
  return parseSplats(text).map(f => explainer.explain(f));
}

/** The same for a stream of any length, in constant memory: each report as soon as its last line was read. */
export async function* decodeStream(
  chunks: AsyncIterable<string | Uint8Array>,
  options: DecodeOptions = {},
): AsyncGenerator<SplatReport> {
  const explainer = new Explainer(options);
  for await (const f of parseSplatStream(chunks)) yield explainer.explain(f);
}
