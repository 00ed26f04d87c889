/** What `put-page decode` prints of a log, for a page: the same words. */
import { decode, formatReport } from '../splat/index.js';

export interface Decoded {
  readonly reports: number;
  /** As on a terminal, with its colours as escape sequences; as JSON without. */
  readonly output: string;
}

/** Said where a log has no report. */
export const NONE =
  'no report in this text. Expected a line like "BUG: Bad page state in process NAME  pfn:HEX", "BUG: Bad page map in process …", or a page dump ("page:… refcount:… mapcount:…"). Is it the kernel log (dmesg, journalctl -k)?';

/** @param release the kernel's release, for logs that do not name it */
export function decoded(log: string, json: boolean, release?: string): Decoded {
  const reports = decode(log, release === undefined ? {} : { release });
  const output = json
    ? `${reports.length === 0 ? '[' : '[\n'}${reports.map(report => JSON.stringify(report)).join(',\n')}${reports.length === 0 ? ']\n' : '\n]\n'}`
    : reports.map((report, i) => formatReport(report, i + 1, { colour: true })).join('\n');
  return { reports: reports.length, output };
}

export interface Run {
  readonly text: string;
  /** The codes that are in force: `1;31`; '' for none. */
  readonly code: string;
}

/** A text with escape sequences, cut where its colour changes. */
export function coloured(output: string): readonly Run[] {
  const runs: Run[] = [];
  let code = '';
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the escape itself
  for (const part of output.split(/(\u001b\[[\d;]*m)/)) {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: the escape itself
    const found = /^\u001b\[([\d;]*)m$/.exec(part);
    if (found !== null) code = found[1] === '0' ? '' : (found[1] ?? '');
    else if (part !== '') runs.push({ text: part, code });
  }
  return runs;
}
