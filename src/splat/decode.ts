/** Fields -> report: what the printed values mean. */
import { archOf, isBigEndian } from './arch.js';
import { checkText } from './checks.js';
import { countFindings } from './findings/counts.js';
import { flagFindings } from './findings/flags.js';
import { surroundingFindings } from './findings/kernel.js';
import { pageFindings } from './findings/page.js';
import { readFlagBits } from './flags.js';
import { innocentFrames } from './innocent.js';
import { parseSplatStream, parseSplats } from './parse.js';
import { parseRelease } from './release.js';
import type { SplatFields, SplatReport } from './types.js';
import { readWords } from './words.js';

export interface DecodeOptions {
  /** A kernel release such as `6.9.12` to take instead of the one that the log names. */
  release?: string;
}

/** The calls of a trace that the unwinder trusts; all of them where it trusts none (2.6 without frame pointers). */
export function traceOf(f: SplatFields): string[] {
  const sure = f.frames.filter(x => x.reliable);
  return (sure.length > 0 ? sure : f.frames).map(x => x.function);
}

/** Explains one report. Pure; never throws. */
export function explain(f: SplatFields, options: DecodeOptions = {}): SplatReport {
  const name = options.release ?? f.kernel;
  const release = name === null ? null : parseRelease(name);
  const arch = archOf(f);
  const flags = readFlagBits(f.flags.value, f.flags.names, release);
  const words = readWords(f, release, isBigEndian(arch));
  const trace = traceOf(f);
  return {
    ...f,
    trace,
    check: checkText(f, flags.layout?.checkedAtFree ?? []),
    arch,
    layout: [words.layout?.id, flags.layout?.id].filter(id => id !== undefined).join(', ') || null,
    flagBits: flags.bits,
    words: words.words,
    innocent: innocentFrames(trace),
    findings: [
      ...countFindings(f, words, release),
      ...flagFindings(f, flags, arch),
      ...pageFindings(f, words, arch),
      ...surroundingFindings(f, release),
    ],
  };
}

/**
 * Finds and explains every "Bad page state", "Bad page map", "Bad page cache" report and every page dump in a log.
 * Never throws: a text without a report gives an empty list.
 */
export function decode(text: string, options: DecodeOptions = {}): SplatReport[] {
  return parseSplats(text).map(f => explain(f, options));
}

/** The same for a stream of any length, in constant memory: each report as soon as its last line was read. */
export async function* decodeStream(
  chunks: AsyncIterable<string | Uint8Array>,
  options: DecodeOptions = {},
): AsyncGenerator<SplatReport> {
  for await (const f of parseSplatStream(chunks)) yield explain(f, options);
}
