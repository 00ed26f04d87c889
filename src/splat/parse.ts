/** A log, whole or in pieces -> the reports in it. */
import { Assembler } from './assemble.js';
import { continues } from './join.js';
import { clean, plain, unglueRecords, unglueStamps } from './lines.js';
import { MailText } from './mail.js';
import { readRecord } from './records.js';
import type { SplatFields } from './types.js';

/** Longer lines are cut here: no kernel record is that long, and a log without line ends must not fill the memory. */
const longestLine = 16_384;

/** Anything that can start a report or name the kernel; while nothing is open, other lines need no look. */
const worthALook = /[Bb]ad page|page:|raw:|flags:|page dumped|ainted|Linux version|=3D|Transfer-Encoding|=$/;

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
    let from = 0;
    let end = chunk.indexOf('\n');
    while (end >= 0) {
      const piece = chunk.slice(from, end);
      this.takeLine(this.rest === '' ? piece : this.rest + piece);
      this.rest = '';
      from = end + 1;
      end = chunk.indexOf('\n', from);
    }
    if (this.rest.length < longestLine) this.rest += chunk.slice(from, from + longestLine);
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

  private takeLine(line: string): void {
    this.line++;
    if (this.held === null && this.assembler.idle && !worthALook.test(line)) {
      if (!this.mail.holds) return;
    }
    const cut = line.length > longestLine ? line.slice(0, longestLine) : line;
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
  return !stamped && /^(?:Subject|Re|Title|Betreff|X-[\w-]+|References)\s*:/i.test(text);
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
