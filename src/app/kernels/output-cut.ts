/**
 * Keeps a flood away from the page. A cell that prints without end would fill the browser's memory, and nobody reads a
 * million lines in a notebook: the page gets the first lines, a sentence that says what is missing, and at the end of the
 * cell the last lines. The whole text goes into a file, from which the page shows any part (`WholeOutputs`).
 */
import { randomUUID } from 'node:crypto';
import type { Parts } from '../../jupyter/client/wire.js';
import type { WholeOutputs } from './whole-outputs.js';

/** What of a cell's output goes to the page. The kit's longest output has some hundred lines. */
export interface CutLimits {
  readonly lines: number;
  readonly chars: number;
  /** Of the end, shown when the cell has ended. */
  readonly lastLines: number;
  /** Figures, tables and results. */
  readonly displays: number;
  readonly displayBytes: number;
}

export const LIMITS: CutLimits = {
  lines: 2000,
  chars: 200_000,
  lastLines: 50,
  displays: 500,
  displayBytes: 50_000_000,
};

/** Of the output that stands for what was cut; the page draws it, other front ends show its text. */
export const CUT_MIME = 'application/vnd.put-page.cut+json';

/** How often the sentence is brought up to date while a cell prints. */
const UPDATE_MS = 500;

/** Cells whose counts are remembered: output may come after a cell has ended. */
const REMEMBERED = 20;

/** No line of the end is longer in the page. */
const LINE_CHARS = 1000;

interface Header {
  readonly msg_id: string;
  readonly msg_type: string;
}

/** One run of a cell. */
interface Run {
  readonly id: string;
  lines: number;
  chars: number;
  /** What was shown so far, for the file; empty once there is one. */
  head: string;
  cut: boolean;
  /** Whether the file can still be written. */
  kept: boolean;
  shownLines: number;
  last: string;
  stream: string;
  told: number;
  displays: number;
  displayBytes: number;
  dropped: number;
}

export class OutputCut {
  readonly #whole: WholeOutputs;
  readonly #limits: CutLimits;
  readonly #runs = new Map<string, Run>();

  constructor(whole: WholeOutputs, limits: CutLimits = LIMITS) {
    this.#whole = whole;
    this.#limits = limits;
  }

  /** What to send to the pages for this message of the iopub channel; mostly the message itself. */
  pass(parts: Parts): readonly Parts[] {
    const type = headerOf(parts[0])?.msg_type;
    const parent = headerOf(parts[1])?.msg_id;
    if (type === undefined || parent === undefined) return [parts];
    const run = this.#run(parent);
    if (type === 'stream') return this.#stream(run, parts);
    if (type === 'display_data' || type === 'execute_result') return this.#display(run, parts);
    if (type === 'error' || (type === 'status' && isIdle(parts))) return [...this.#end(run, parts), parts];
    if (type === 'clear_output') this.#runs.delete(parent);
    return [parts];
  }

  #run(parent: string): Run {
    const old = this.#runs.get(parent);
    if (old !== undefined) return old;
    const counts = { lines: 0, chars: 0, shownLines: 0, told: 0, displays: 0, displayBytes: 0, dropped: 0 };
    const run: Run = { id: randomUUID(), head: '', cut: false, kept: true, last: '', stream: 'stdout', ...counts };
    this.#runs.set(parent, run);
    for (const [key] of this.#runs) if (this.#runs.size > REMEMBERED) this.#runs.delete(key);
    return run;
  }

  #stream(run: Run, parts: Parts): readonly Parts[] {
    const { name, text } = contentOf(parts) as { name?: unknown; text?: unknown };
    if (typeof text !== 'string') return [parts];
    run.stream = String(name);
    const before = { lines: run.lines, chars: run.chars };
    run.lines += count(text, '\n');
    run.chars += text.length;
    if (run.cut) return this.#more(run, text, parts);
    if (run.lines <= this.#limits.lines && run.chars <= this.#limits.chars) {
      run.head += text;
      return [parts];
    }
    const shown = firstLines(text, this.#limits.lines - before.lines, this.#limits.chars - before.chars);
    run.cut = true;
    run.shownLines = before.lines + count(shown, '\n');
    run.kept = this.#whole.add(run.id, run.head + text);
    run.head = '';
    run.told = Date.now();
    this.#keepLast(run, text.slice(shown.length));
    const first = shown === '' ? [] : [withContent(parts, 'stream', { name: run.stream, text: shown })];
    return [...first, this.#sentence(run, parts, 'display_data')];
  }

  /** Output after the cut: into the file, and now and then a new sentence. */
  #more(run: Run, text: string, parts: Parts): readonly Parts[] {
    run.kept = run.kept && this.#whole.add(run.id, text);
    this.#keepLast(run, text);
    if (Date.now() - run.told < UPDATE_MS) return [];
    run.told = Date.now();
    return [this.#sentence(run, parts, 'update_display_data')];
  }

  #keepLast(run: Run, text: string): void {
    const lines = (run.last + text.slice(-this.#limits.lastLines * LINE_CHARS)).split('\n');
    // The last part is a line that has not ended, or nothing.
    run.last = lines
      .slice(-this.#limits.lastLines - 1)
      .join('\n')
      .slice(-this.#limits.lastLines * LINE_CHARS);
  }

  #display(run: Run, parts: Parts): readonly Parts[] {
    run.displays++;
    run.displayBytes += parts.reduce((sum, part) => sum + part.length, 0);
    if (run.displays <= this.#limits.displays && run.displayBytes <= this.#limits.displayBytes) return [parts];
    run.dropped++;
    if (run.dropped > 1 && Date.now() - run.told < UPDATE_MS) return [];
    run.told = Date.now();
    return [droppedSentence(run, parts, run.dropped === 1 ? 'display_data' : 'update_display_data')];
  }

  /** The end of a cell, or of what it printed before an error: the last lines. */
  #end(run: Run, parts: Parts): readonly Parts[] {
    const ends: Parts[] = [];
    if (run.dropped > 1) ends.push(droppedSentence(run, parts, 'update_display_data'));
    if (run.last !== '') {
      ends.push(this.#sentence(run, parts, 'update_display_data'));
      ends.push(withContent(parts, 'stream', { name: run.stream, text: run.last }));
      run.last = '';
    }
    return ends;
  }

  #sentence(run: Run, parts: Parts, type: string): Parts {
    const size = `${run.lines.toLocaleString('en')} lines, ${megabytes(run.chars)} in all`;
    const shown = run.shownLines === 0 ? 'first characters' : `first ${run.shownLines.toLocaleString('en')} lines`;
    const text =
      `Too long for the page: the ${shown} of the output are shown, ` +
      `and the last ${this.#limits.lastLines} when the cell has ended (${size}).`;
    const cut = { id: run.kept ? run.id : null, lines: run.lines, chars: run.chars, text };
    return withContent(parts, type, {
      data: { [CUT_MIME]: cut, 'text/plain': text },
      metadata: {},
      transient: { display_id: `put-page cut ${run.id}` },
    });
  }
}

function droppedSentence(run: Run, parts: Parts, type: string): Parts {
  const shown = (run.displays - run.dropped).toLocaleString('en');
  const text = `Only the first ${shown} figures and results of this cell are shown; ${run.dropped.toLocaleString('en')} more were made.`;
  return withContent(parts, type, {
    data: { 'text/plain': text },
    metadata: {},
    transient: { display_id: `put-page dropped ${run.id}` },
  });
}

function headerOf(part: Uint8Array | undefined): Header | undefined {
  const value = jsonOf(part) as Partial<Header>;
  return typeof value.msg_id === 'string' ? (value as Header) : undefined;
}

function contentOf(parts: Parts): Readonly<Record<string, unknown>> {
  return jsonOf(parts[3]);
}

/** A cell can make the kernel send anything; what is no object is taken for an empty one. */
function jsonOf(part: Uint8Array | undefined): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(Buffer.from(part ?? []).toString());
    return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
  } catch {
    return {};
  }
}

function isIdle(parts: Parts): boolean {
  return contentOf(parts).execution_state === 'idle';
}

/** A message of the same kernel and parent with another type and content. */
function withContent(parts: Parts, type: string, content: object): Parts {
  const header = { ...jsonOf(parts[0]), msg_id: randomUUID(), msg_type: type };
  const encode = (value: object): Buffer => Buffer.from(JSON.stringify(value));
  return [encode(header), parts[1] ?? encode({}), encode({}), encode(content)];
}

function count(text: string, char: string): number {
  let found = 0;
  for (let at = text.indexOf(char); at >= 0; at = text.indexOf(char, at + 1)) found++;
  return found;
}

/** At most so many lines and characters of the beginning; a line is split only where it is longer than that. */
function firstLines(text: string, lines: number, chars: number): string {
  let end = 0;
  for (let i = 0; i < lines; i++) {
    const next = text.indexOf('\n', end) + 1;
    if (next === 0 || next > chars) break;
    end = next;
  }
  return text.slice(0, end === 0 && lines > 0 ? Math.max(0, chars) : end);
}

function megabytes(chars: number): string {
  return chars < 1e6 ? `${Math.ceil(chars / 1000)} kB` : `${(chars / 1e6).toFixed(1)} MB`;
}
