/** The memory of a search of many states: low pages, lists of chunks, the chunks, the table; and how it grows. */
import { MAX_PAGES, sharing } from './bytes.js';
import { host, type WasmMemory } from './host.js';
import type { Prepared } from './prepared.js';
import { SetKey } from './set-key.js';
import { CHUNK, CONTROL, MAX_CHUNKS, MINE, PAD, PARAMETERS } from './set-layout.js';
import { bufferAt, mineAt, Seat, type SeatPlan } from './set-seat.js';

const PAGE = 65536;
/** The table is so full at the most. */
const FULL = 0.82;
/** A small table grows fourfold, a large one by half at the most. */
const SMALL = 2 ** 20;
const SEATS = 2;

type Control = keyof typeof CONTROL;

export class SetStore {
  readonly memory: WasmMemory;
  readonly plan: SeatPlan;
  readonly seat: Seat;
  private readonly key: SetKey;
  private readonly batch: number;
  private readonly chunkBytes: number;
  private readonly chunksAt: number;
  private chunkCount: number;
  private slots: number;

  /** Errors: there is no memory for so much. */
  constructor(p: Prepared, shared: boolean, states: number, frontier: number) {
    const { module, words, steps } = p;
    if (module.many === undefined) throw new Error('these states are too wide');
    this.key = new SetKey(module.many);
    this.chunkBytes = CHUNK * 8 * words;
    this.batch = Math.ceil(module.bufferBytes / (8 * words + 16));
    const bare = { stride: 8 * words, steps, bufferBytes: module.bufferBytes, sometimes: module.sometimes.length };
    const lut = Math.ceil(mineAt({ ...bare, module: module.bytes, lut: 0 }, SEATS) / 8) * 8;
    this.plan = { ...bare, lut, module: shared ? sharing(module.bytes) : module.bytes };
    const end = p.lookUps.reduce((most, t) => Math.max(most, t.at + t.entries.length * (t.wide ? 8 : 4)), 0);
    const lists = Math.ceil((lut + end) / 8) * 8;
    this.chunksAt = Math.ceil((lists + 20 * MAX_CHUNKS) / 64) * 64;
    this.chunkCount = 2 * Math.ceil(frontier / CHUNK) + 16;
    this.slots = SetKey.slots(Math.max(this.key.least, states * 2));
    const pages = Math.ceil(this.tableEnd / PAGE);
    this.memory = new (host().Memory)({ initial: pages, maximum: MAX_PAGES, shared });
    const view = new DataView(this.memory.buffer);
    for (const t of p.lookUps)
      t.entries.forEach((e, i) => {
        if (t.wide) view.setBigUint64(lut + t.at + 8 * i, e, true);
        else view.setUint32(lut + t.at + 4 * i, Number(e), true);
      });
    this.set('thisList', lists);
    this.set('nextList', lists + 8 * MAX_CHUNKS);
    this.set('freeList', lists + 16 * MAX_CHUNKS);
    this.seat = new Seat(this.plan, this.memory, 0);
    this.tell(1, states);
  }

  private get table(): number {
    return this.chunksAt + this.chunkCount * this.chunkBytes;
  }

  private get tableEnd(): number {
    return this.table + 8 * (this.slots + PAD);
  }

  view(): DataView {
    return new DataView(this.memory.buffer);
  }

  get(name: Control): number {
    return this.view().getUint32(CONTROL[name], true);
  }

  set(name: Control, value: number): void {
    this.view().setUint32(CONTROL[name], value, true);
  }

  bytes(): number {
    return this.memory.buffer.byteLength;
  }

  /** A number that a thread writes down. */
  mine(seat: number, name: 'made' | 'code'): number {
    return this.view().getInt32(mineAt(this.plan, seat) + MINE[name], true);
  }

  sum(name: 'transitions' | 'full'): bigint {
    let sum = 0n;
    for (let i = 0; i < SEATS; i++) sum += this.view().getBigUint64(mineAt(this.plan, i) + MINE[name], true);
    return sum;
  }

  coverage(step: number): number {
    let sum = 0;
    for (let i = 0; i < SEATS; i++)
      sum += Number(this.view().getBigUint64(mineAt(this.plan, i) + MINE.coverage + 8 * step, true));
    return sum;
  }

  /** Takes in states that lie one after the other, `stride` bytes from one to the next: into the table, and where `level`, into this level too. */
  admit(bytes: Uint8Array, stride: number, level: boolean): void {
    const buffer = bufferAt(this.plan, 0);
    const most = Math.floor(this.plan.bufferBytes / stride);
    for (let i = 0; i * stride < bytes.length; i += most) {
      const some = bytes.subarray(i * stride, (i + most) * stride);
      const all = new Uint8Array(this.memory.buffer);
      all.set(some, buffer);
      if (!level) this.seat.x.setAdmit(buffer, some.length / stride, stride);
      else for (let k = 0; k < some.length; k += stride) this.append(some.subarray(k, k + this.plan.stride));
    }
  }

  private appended = 0;
  private append(state: Uint8Array): void {
    const chunk = Math.floor(this.appended / CHUNK);
    const within = this.appended % CHUNK;
    new Uint8Array(this.memory.buffer).set(state, this.chunksAt + chunk * this.chunkBytes + within * this.plan.stride);
    const entry = this.get('thisList') + 8 * chunk;
    this.view().setUint32(entry, chunk, true);
    this.view().setUint32(entry + 4, within + 1, true);
    this.appended++;
    this.set('next', chunk + 1);
  }

  /** A level begins with so many chunks: all others are free. */
  beginLevel(chunks: number): void {
    const view = this.view();
    const used = new Set<number>();
    for (let i = 0; i < chunks; i++) used.add(view.getUint32(this.get('thisList') + 8 * i, true));
    let free = 0;
    for (let c = 0; c < this.chunkCount; c++)
      if (!used.has(c)) view.setUint32(this.get('freeList') + 4 * free++, c, true);
    for (const [name, n] of Object.entries({ cursor: 0, chunks, taken: 0, free, next: 0, stop: 0 }))
      this.set(name as Control, n);
  }

  /** The next level becomes this one. Returns how many chunks it has. */
  endLevel(): number {
    const [old, next] = [this.get('thisList'), this.get('nextList')];
    this.set('thisList', next);
    this.set('nextList', old);
    return this.get('next');
  }

  /** Says to the threads what they must know of the table. */
  tell(threads: number, states: number): void {
    const view = this.view();
    const { top, low, unit } = this.key.globals(this.slots);
    const narrow = { table: this.table, tableEnd: this.tableEnd, chunks: this.chunksAt, threads };
    for (const [name, n] of Object.entries(narrow)) view.setUint32(PARAMETERS[name as keyof typeof narrow], n, true);
    view.setUint32(PARAMETERS.allowance, Math.max(0, Math.floor((this.room - states) / threads)), true);
    const wide = { slots: BigInt(this.slots), top, low, unit };
    for (const [name, n] of Object.entries(wide)) view.setBigUint64(PARAMETERS[name as keyof typeof wide], n, true);
    this.seat.adopt();
  }

  private get room(): number {
    return Math.floor(this.slots * FULL);
  }

  /**
   * Makes room where there is little, for so many states as are expected in the end. False: that would take more than so many bytes, or more chunks than there can be. No thread may be at work.
   */
  grow(threads: number, states: number, expected: number, maxBytes: number): boolean {
    if (this.room - states < threads * 4 * this.batch && !this.growTable(states, expected, maxBytes)) return false;
    const needed = threads * (4 + Math.ceil(this.batch / CHUNK));
    return this.get('free') - this.get('taken') >= 2 * needed || this.growChunks(needed, maxBytes);
  }

  private growTable(states: number, expected: number, maxBytes: number): boolean {
    const old = { used: this.slots + PAD, slots: this.slots, ...this.key.globals(this.slots) };
    const before = this.slots;
    const most = before < SMALL ? before * 4 : before * 1.5;
    this.slots = SetKey.slots(Math.max(before + 1, Math.min(most, expected / FULL)));
    if (!this.reserve(maxBytes)) {
      this.slots = before;
      return false;
    }
    const from = this.table + 8 * (before + PAD);
    new Uint8Array(this.memory.buffer).fill(0, from, this.tableEnd);
    this.tell(1, states);
    const stash = bufferAt(this.plan, 0);
    const room = Math.floor(this.plan.bufferBytes / 16) * 16;
    this.seat.x.setSpread(old.used, BigInt(old.slots), old.top, old.low, stash, stash + room);
    return true;
  }

  /** The table moves up. */
  private growChunks(needed: number, maxBytes: number): boolean {
    const before = this.chunkCount;
    const from = this.table;
    const more = Math.min(MAX_CHUNKS - before, Math.max(4 * needed, before >>> 3));
    if (more < 2 * needed) return false;
    this.chunkCount = before + more;
    if (!this.reserve(maxBytes)) {
      this.chunkCount = before;
      return false;
    }
    const length = 8 * (this.slots + PAD);
    new Uint8Array(this.memory.buffer).copyWithin(this.table, from, from + length);
    const free = this.get('free');
    for (let c = before; c < this.chunkCount; c++)
      this.view().setUint32(this.get('freeList') + 4 * (free + c - before), c, true);
    this.set('free', free + more);
    return true;
  }

  private reserve(maxBytes: number): boolean {
    const pages = Math.ceil(this.tableEnd / PAGE);
    if (pages > MAX_PAGES || pages * PAGE > maxBytes) return false;
    const more = pages - this.memory.buffer.byteLength / PAGE;
    if (more > 0) this.memory.grow(more);
    return true;
  }
}
