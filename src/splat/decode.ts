/** Fields -> report: what the printed values mean. */
import { checkText } from './checks.js';
import { parseSplatStream, parseSplats } from './parse.js';
import type { SplatFields, SplatReport } from './types.js';

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
export function explain(f: SplatFields, _options: DecodeOptions = {}): SplatReport {
  return {
    ...f,
    trace: traceOf(f),
    check: checkText(f),
    arch: null,
    layout: null,
    flagBits: null,
    words: [],
    innocent: [],
    findings: [],
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
