/** A log, whole or in pieces -> the reports in it. */
import { Assembler } from './assemble.js';
import { continues } from './join.js';
import { clean, plain, unglueRecords, unglueStamps } from './lines.js';
import { MailText } from './mail.js';
import { readRecord } from './records.js';
import type { SplatFields } from './types.js';

/** Longer lines are cut here: no kernel record is that long, and a log without line ends must not fill the memory. */
const longestLine = 16_384;

/**
 * What every line holds that can start a report, name the kernel or say how a mail is encoded.
 * While nothing is open, lines without any of these need no look.
 */
const needles = ['ad page', 'page:', 'raw: ', 'flags:', 'page dumped', 'ainted', 'Linux version', 'ransfer-Encoding'];

/** Finds the next needle in a chunk; remembers where each one comes next, so that a chunk is searched once. */
class Needles {
  private readonly next: number[] = needles.map(() => -1);
  private readonly chunk: string;

  constructor(chunk: string) {
    this.chunk = chunk;
  }

  /** The first place at or after `from`, or the end of the chunk. */
  after(from: number): number {
    let first = this.chunk.length;
    for (let i = 0; i < needles.length; i++) {
      let at = this.next[i] ?? -1;
      if (at < from) {
        at = this.chunk.indexOf(needles[i] ?? '', from);
        if (at < 0) at = this.chunk.length;
        this.next[i] = at;
      }
      if (at < first) first = at;
    }
    return first;
  }
}

/** A copy of a piece: a slice would keep the whole chunk that it was cut from in memory. */
function own(piece: string): string {
  return piece === '' ? '' : (JSON.parse(JSON.stringify(piece)) as string);
}

interface Held {
  text: string;
  caller: string;
  line: number;
  stamped: boolean;
}

/** Takes a log in pieces of any size and gives the reports as they become whole; memory does not grow with the log. */
export class SplatParser {
  private readonly mail = new MailText();
  private readonly assembler = new Assembler();
  private rest = '';
  private held: Held | null = null;
  /** Lines read so far. */
  line = 0;

  push(chunk: string): SplatFields[] {
    const found = new Needles(chunk);
    let from = 0;
    while (from < chunk.length) {
      if (this.rest === '' && this.quiet) from = this.skip(chunk, from, found.after(from));
      const end = chunk.indexOf('\n', from);
      if (end < 0) break;
      const piece = chunk.slice(from, end);
      this.takeLine(this.rest === '' ? piece : this.rest + piece);
      this.rest = '';
      from = end + 1;
    }
    if (this.rest.length < longestLine) this.rest = own(this.rest + chunk.slice(from, from + longestLine));
    return this.assembler.drain();
  }

  end(): SplatFields[] {
    if (this.rest !== '') this.takeLine(this.rest);
    this.rest = '';
    const soft = this.mail.end();
    if (soft !== null) this.takeText(soft);
    this.flush();
    this.assembler.end();
    return this.assembler.drain();
  }

  /** Whether no line before matters for the next one. */
  private get quiet(): boolean {
    return this.held === null && this.assembler.idle && !this.mail.holds;
  }

  /** Where the line of the place `found` starts; the lines before are only counted. */
  private skip(chunk: string, from: number, found: number): number {
    const to = chunk.lastIndexOf('\n', found) + 1;
    if (to <= from) return from;
    for (let at = chunk.indexOf('\n', from); at >= 0 && at < to; at = chunk.indexOf('\n', at + 1)) this.line++;
    return to;
  }

  private takeLine(line: string): void {
    this.line++;
    const cut = own(line.length > longestLine ? line.slice(0, longestLine) : line);
    const text = this.mail.take(cut.endsWith('\r') ? cut.slice(0, -1) : cut);
    if (text !== null) this.takeText(text);
  }

  private takeText(line: string): void {
    for (const part of unglueStamps(plain(line))) {
      const { text, caller, stamped } = clean(part);
      if (text === '') continue;
      if (isMailHeader(text, stamped)) {
        this.flush();
        continue;
      }
      this.takeClean(text, caller, stamped);
    }
  }

  private takeClean(text: string, caller: string, stamped: boolean): void {
    const segments = unglueRecords(text);
    for (let i = 0; i < segments.length; i++) {
      const segment = segments[i] ?? '';
      const held = this.held;
      if (held !== null && i === 0 && !stamped && this.extend(held, segment)) continue;
      this.flush();
      this.held = { text: segment, caller, line: this.line, stamped };
    }
  }

  private extend(held: Held, next: string): boolean {
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
    this.assembler.take(readRecord(h.text), h.text, h.caller, h.line, h.stamped);
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
  const decoder = new TextDecoder();
  for await (const chunk of chunks)
    yield* parser.push(typeof chunk === 'string' ? chunk : decoder.decode(chunk, { stream: true }));
  yield* parser.push(decoder.decode());
  yield* parser.end();
}
