/** A log, whole or in pieces -> the reports in it. */
import { Assembler, type Place } from './assemble.js';
import { unwrap } from './containers.js';
import { Doubled } from './doubled.js';
import { Finder } from './finder.js';
import { continues, mayContinue } from './join.js';
import { LineEnds } from './line-ends.js';
import { clean, plain, unglueRecords, unglueStamps } from './lines.js';
import { MailText } from './mail.js';
import { readRecord } from './records.js';
import type { SplatFields } from './types.js';

/** Longer lines are cut here: no kernel record is that long, and a log without line ends must not fill the memory. */
const longestLine = 16_384;

/** How much of a string is turned into bytes at once. */
const pieceOfString = 1 << 20;

/**
 * What every line holds that can start a report, name the kernel or say how a mail is encoded.
 * While nothing is open, lines without any of these need no look.
 */
const needles = new Finder([
  'ad page',
  'page:',
  'raw: ',
  'flags:',
  'page dumped',
  'page does not',
  'ainted',
  'Linux version',
  'ransfer-Encoding',
  'ad swap',
  // What stands above the flags, where a log begins in the middle of a dump.
  'memcg:',
  'aops:',
  'head:',
  // journald writes a message with odd characters as numbers.
  'SAGE":[',
]);

/** A printk time, perhaps a caller, and the text. */
const usualLine = /^\[ *\d+\.\d{6}\](?:\[ *([TC]\d+)\])? +(.*\S)\s*$/;

/**
 * Records in the form in which the kernel prints most of them, from the first character to the last: nothing is wrapped around them
 * or glued to them, and no later line can be their rest.
 */
const complete = new RegExp(
  `^(?:${[
    'raw:(?: [0-9a-f]{16}){4}',
    'raw:(?: [0-9a-f]{8}){8}',
    'flags: 0x[0-9a-f]+\\([\\w|=]*\\)',
    'page: ?[0-9a-f]* refcount:-?\\d+ mapcount:-?\\d+ mapping:[0-9a-f]+ index:0x[0-9a-f]+ pfn:0x[0-9a-f]+',
    'BUG: Bad page state in process \\S{1,15}  pfn:[0-9a-f]+',
    'CPU: \\d+ (?:UID: \\d+ )?PID: \\d+ Comm: \\S{1,15} (?:Not tainted|Tainted:[ A-Z]+) \\d[\\w.+-]* #\\d[\\w ()+-]*',
    'page_type: [0-9a-fx]+\\(\\w*\\)',
    'Call Trace:',
    '</?(?:TASK|IRQ)>',
    'Modules linked in:[\\w ()]*',
    'Hardware name: [\\w .,()+/-]*(?:\\d\\d/\\d\\d/\\d{4}|\\))',
    'page dumped because: (?:nonzero (?:mapcount|_refcount)|non-NULL mapping|PAGE_FLAGS_CHECK_AT_(?:FREE|PREP) flag\\(s\\) set)',
    'Disabling lock debugging due to kernel taint',
  ].join('|')})$`,
);

/** A call as most architectures print it. */
const call = /^(?:\? )?[A-Za-z_][\w.$]*\+0x[0-9a-f]+\/0x[0-9a-f]+(?: \[[\w ()-]+\])?$/;

const newline = 10;
/**
 * How many bytes are decoded at once where lines matter: no line in them is longer than the longest. A report of a kilobyte does not
 * need them all, so the blocks are small until one was used to its end.
 */
const blockSize = { least: 1024, most: longestLine };

/** Takes a log in pieces of any size and gives the reports as they become whole; memory does not grow with the log. */
export class SplatParser {
  private readonly ends = new LineEnds();
  private readonly mail = new MailText();
  private readonly assembler = new Assembler();
  private readonly doubled = new Doubled();
  private readonly utf8 = new TextDecoder();
  private readonly encoder = new TextEncoder();
  /** The bytes of the line whose end has not come yet, as far as they are kept. */
  private readonly rest = new Uint8Array(longestLine);
  private kept = 0;
  /** Whether a line has begun in the piece before. */
  private begun = false;
  /** How many bytes the next block has. */
  private block = blockSize.least;
  /** The first half of a pair of UTF-16 units that a piece of text ended in. */
  private lead = '';
  private held: Place | null = null;
  /** Lines read so far. */
  line = 0;

  push(chunk: string | Uint8Array): SplatFields[] {
    if (typeof chunk !== 'string') this.pushBytes(chunk);
    else {
      const text = this.lead + chunk;
      const cut = /[\ud800-\udbff]$/.test(text.slice(-1)) ? text.length - 1 : text.length;
      this.lead = text.slice(cut);
      for (let at = 0; at < cut; ) {
        let end = Math.min(cut, at + pieceOfString);
        if (end < cut && /[\ud800-\udbff]/.test(text[end - 1] ?? '')) end--;
        this.pushBytes(this.encoder.encode(text.slice(at, end)));
        at = end;
      }
    }
    return this.assembler.drain();
  }

  end(): SplatFields[] {
    if (this.lead !== '') this.pushBytes(this.encoder.encode(this.lead));
    this.lead = '';
    this.pushBytes(this.ends.end());
    if (this.begun) this.takeLine(this.rest.subarray(0, this.kept));
    this.begun = false;
    this.kept = 0;
    const soft = this.mail.end();
    if (soft !== null) this.takeText(soft);
    this.flush();
    this.assembler.end();
    return this.assembler.drain();
  }

  private pushBytes(piece: Uint8Array): void {
    const bytes = this.ends.take(piece);
    let from = 0;
    if (this.begun) {
      const end = bytes.indexOf(newline);
      this.keep(bytes, 0, end < 0 ? bytes.length : end);
      if (end < 0) return;
      this.takeLine(this.rest.subarray(0, this.kept));
      this.kept = 0;
      this.begun = false;
      from = end + 1;
    }
    while (from < bytes.length) {
      if (this.quiet) from = this.skip(bytes, from);
      const block = this.takeBlock(bytes, from);
      if (block > from) {
        from = block;
        continue;
      }
      const end = bytes.indexOf(newline, from);
      if (end < 0) break;
      this.takeLine(bytes.subarray(from, end));
      from = end + 1;
    }
    if (from >= bytes.length) return;
    this.begun = true;
    this.keep(bytes, from, bytes.length);
  }

  private keep(bytes: Uint8Array, from: number, to: number): void {
    const some = bytes.subarray(from, Math.min(to, from + longestLine - this.kept));
    this.rest.set(some, this.kept);
    this.kept += some.length;
  }

  /** Whether no line before matters for the next one. */
  private get quiet(): boolean {
    return this.held === null && this.assembler.idle && !this.mail.holds;
  }

  /** Where the next line starts that holds a needle (or is not whole yet); the lines before it are only counted. */
  private skip(bytes: Uint8Array, from: number): number {
    const found = needles.next(bytes, from, bytes.length);
    const to = bytes.lastIndexOf(newline, found < 0 ? bytes.length - 1 : found) + 1;
    if (to <= from) return from;
    for (let at = bytes.indexOf(newline, from); at >= 0 && at < to; at = bytes.indexOf(newline, at + 1)) this.line++;
    return to;
  }

  /** Takes the lines of the next few kilobytes, decoded at once, as long as they matter; returns where it stopped. */
  private takeBlock(bytes: Uint8Array, from: number): number {
    const end = bytes.lastIndexOf(newline, Math.min(bytes.length, from + this.block) - 1) + 1;
    if (end <= from) {
      this.block = blockSize.most;
      return from;
    }
    const text = this.utf8.decode(bytes.subarray(from, end));
    const ascii = text.length === end - from;
    for (let at = 0; at < text.length; ) {
      const next = text.indexOf('\n', at) + 1;
      this.line++;
      this.takeWhole(text.slice(at, next - 1));
      at = next;
      if (!ascii) from = bytes.indexOf(newline, from) + 1;
      if (this.quiet) {
        this.block = blockSize.least;
        return ascii ? from + at : from;
      }
    }
    this.block = Math.min(2 * this.block, blockSize.most);
    return end;
  }

  private takeLine(bytes: Uint8Array): void {
    this.line++;
    const cut = bytes.length > longestLine ? bytes.subarray(0, longestLine) : bytes;
    if (this.quiet && needles.next(cut, 0, cut.length) < 0) return;
    this.takeWhole(this.utf8.decode(cut));
  }

  private takeWhole(whole: string): void {
    const text = this.mail.take(whole.includes('\r') ? whole.replaceAll('\r', '') : whole);
    if (text !== null) this.takeText(text);
  }

  private takeText(line: string): void {
    const usual = usualLine.exec(line);
    const record = usual?.[2];
    if (record !== undefined) {
      const isCall = call.test(record);
      if (isCall || complete.test(record)) {
        const caller = usual?.[1] ?? '';
        if (this.doubled.isCopy(record, caller)) return;
        this.flush();
        const place = { text: record, caller, line: this.line, stamped: true, glued: false };
        this.assembler.take(isCall ? null : readRecord(record), place);
        return;
      }
    }
    const inner = unwrap(line);
    if (inner === null) this.takePlain(line, false);
    else for (const one of inner.lines) this.takePlain(one, inner.whole);
  }

  /** `whole`: what the line was wrapped in shows that it is a record of its own. */
  private takePlain(line: string, whole: boolean): void {
    for (const part of unglueStamps(plain(line))) {
      const { text, caller, stamped } = clean(part);
      if (text === '') continue;
      if (isMailHeader(text, stamped)) {
        this.flush();
        continue;
      }
      if (!this.doubled.isCopy(text, caller)) this.takeClean(text, caller, stamped || whole);
    }
  }

  private takeClean(text: string, caller: string, stamped: boolean): void {
    const segments = unglueRecords(text);
    for (let i = 0; i < segments.length; i++) {
      const segment = segments[i] ?? '';
      const held = this.held;
      if (held !== null && i === 0 && !stamped && this.extend(held, segment)) continue;
      this.flush();
      const record = { text: segment, caller, line: this.line, stamped, glued: i > 0 };
      if (mayContinue(segment)) this.held = record;
      else this.give(record);
    }
  }

  private extend(held: Place, next: string): boolean {
    if (held.text.endsWith('\\')) {
      held.text = `${held.text.slice(0, -1)}${held.text.at(-2) === ' ' ? '' : ' '}${next}`;
      return true;
    }
    const how = continues(held.text, next);
    if (how === null || held.text.length > longestLine) return false;
    held.text += how === 'space' ? ` ${next}` : next;
    return true;
  }

  private flush(): void {
    const h = this.held;
    if (h === null) return;
    this.held = null;
    this.give(h);
  }

  private give(h: Place): void {
    this.assembler.take(readRecord(h.text), h);
  }
}

/** Titles of mails repeat a headline without being one. */
function isMailHeader(text: string, stamped: boolean): boolean {
  return !stamped && /^(?:Subject|Thread-Topic|Re|Title|Betreff|X-[\w-]+|References)\s*:/i.test(text);
}

/** All reports of a text. */
export function parseSplats(text: string): SplatFields[] {
  const parser = new SplatParser();
  return [...parser.push(text), ...parser.end()];
}

/**
 * The reports of a stream, each as soon as it is whole. Bytes are read as UTF-8; undecodable ones become U+FFFD.
 * Memory stays the same however long the stream is.
 */
export async function* parseSplatStream(chunks: AsyncIterable<string | Uint8Array>): AsyncGenerator<SplatFields> {
  const parser = new SplatParser();
  for await (const chunk of chunks) yield* parser.push(chunk);
  yield* parser.end();
}
