/** Whole outputs of cells that printed more than a page shows, one file each, and any lines of them. */
import { appendFileSync, existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { open } from 'node:fs/promises';
import path from 'node:path';

/** The start of every so many lines is remembered, so that a part is found without reading what is before it. */
const STEP = 1000;

/** A line of a part is cut here; the file has all of it. */
const LINE_CHARS = 5000;

/** Read at once for a part. */
const READ_BYTES = 4_000_000;

/** All files together; the oldest give way. */
const BYTES_MAX = 2_000_000_000;

interface Whole {
  bytes: number;
  /** Line ends. */
  lines: number;
  /** The last line has no end yet. */
  open: boolean;
  /** Byte offsets of lines 0, STEP, 2 STEP … */
  readonly starts: number[];
}

export class WholeOutputs {
  readonly #top: string;
  readonly #folder: string;
  readonly #outputs = new Map<string, Whole>();
  readonly #max: number;

  /** @param folder for the outputs of all servers; each has a folder of its own in it, made when it is needed */
  constructor(folder: string, max = BYTES_MAX) {
    this.#top = folder;
    this.#folder = path.join(folder, String(process.pid));
    this.#max = max;
  }

  /** Deletes what servers left that have ended: nobody can ask for it any more. */
  clearOthers(): void {
    if (!existsSync(this.#top)) return;
    for (const name of readdirSync(this.#top))
      if (/^\d+$/.test(name) && !runs(Number(name)))
        rmSync(path.join(this.#top, name), { recursive: true, force: true });
  }

  /** Adds text to an output. False when the disk does not take it; what was written before stays. */
  add(id: string, text: string): boolean {
    const bytes = Buffer.from(text);
    const whole = this.#outputs.get(id) ?? { bytes: 0, lines: 0, open: false, starts: [0] };
    this.#outputs.set(id, whole);
    try {
      // Only the reader may read what their cells print.
      mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
      appendFileSync(this.#file(id), bytes, { mode: 0o600 });
    } catch {
      return false;
    }
    for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, at + 1)) {
      whole.lines++;
      if (whole.lines % STEP === 0) whole.starts.push(whole.bytes + at + 1);
    }
    whole.bytes += bytes.length;
    if (bytes.length > 0) whole.open = bytes.at(-1) !== 10;
    return this.#makeRoom(id);
  }

  /** The path of the file, or null when there is no such output. */
  file(id: string): string | null {
    return this.#outputs.has(id) ? this.#file(id) : null;
  }

  /**
   * Some lines of an output, or null when there is no such output.
   * @param first counts from 0
   * @param many at most STEP
   */
  async lines(id: string, first: number, many: number): Promise<{ total: number; lines: string[] } | null> {
    const whole = this.#outputs.get(id);
    if (whole === undefined) return null;
    const block = Math.min(Math.floor(first / STEP), whole.starts.length - 1);
    const from = whole.starts[block] ?? 0;
    const to = whole.starts[block + 2] ?? whole.bytes;
    const handle = await open(this.#file(id));
    try {
      const buffer = Buffer.alloc(Math.min(to - from, READ_BYTES));
      const { bytesRead } = await handle.read(buffer, 0, buffer.length, from);
      const lines = buffer.subarray(0, bytesRead).toString().split('\n');
      const skipped = first - block * STEP;
      const wanted = lines.slice(skipped, skipped + Math.min(many, STEP));
      return { total: whole.lines + (whole.open ? 1 : 0), lines: wanted.map(shorten) };
    } finally {
      await handle.close();
    }
  }

  close(): void {
    this.#outputs.clear();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** Deletes the oldest; false when the newest alone is too much. */
  #makeRoom(newest: string): boolean {
    let sum = [...this.#outputs.values()].reduce((bytes, whole) => bytes + whole.bytes, 0);
    for (const [id, { bytes }] of this.#outputs) {
      if (sum <= this.#max) return true;
      if (id === newest) continue;
      rmSync(this.#file(id), { force: true });
      this.#outputs.delete(id);
      sum -= bytes;
    }
    return sum <= this.#max;
  }

  #file(id: string): string {
    return path.join(this.#folder, `${id}.txt`);
  }
}

function shorten(line: string): string {
  if (line.length <= LINE_CHARS) return line;
  return `${line.slice(0, LINE_CHARS)} … (${line.length.toLocaleString('en')} characters)`;
}

function runs(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
