/** Where a search keeps what it finds, and the instance that works on it. */
import { host, type WasmGlobal, type WasmMemory } from './host.js';
import type { LookUp, Prepared } from './prepared.js';
import { type GLOBALS, recordBytes, SCRATCH } from './shape.js';

const PAGE = 65536;
/** The table's first size in slots; it doubles when three quarters are used. */
const FIRST = 1 << 12;
type GlobalName = (typeof GLOBALS)[number];
type Exports = Record<GlobalName, WasmGlobal> & {
  run(until: number): number;
  rehash(): void;
  start(): void;
  canonical(address: number): void;
};

/** The memory of a search: low pages, table, records; and the instance that works on it. */
export class Store {
  readonly memory: WasmMemory;
  private readonly words: number;
  readonly recordBytes: number;
  readonly x: Exports;
  private readonly low: number;
  /** So many states may be added by one batch. */
  private readonly batch: number;
  private slots = FIRST;

  constructor(p: Prepared) {
    const { module } = p;
    this.words = p.words;
    this.recordBytes = recordBytes(p.words);
    this.batch = Math.ceil(module.bufferBytes / (8 * p.words + 16));
    const lut = Math.ceil((module.buffer + module.bufferBytes) / PAGE) * PAGE;
    const end = p.lookUps.reduce((most, t) => Math.max(most, t.at + t.entries.length * (t.wide ? 8 : 4)), 0);
    this.low = Math.ceil((lut + end) / PAGE) * PAGE;
    this.memory = new (host().Memory)({ initial: this.low / PAGE, maximum: 65536 });
    this.install(p.lookUps, lut);
    const compiled = new (host().Module)(module.bytes);
    this.x = new (host().Instance)(compiled, { env: { memory: this.memory } }).exports as unknown as Exports;
    for (const g of ['badProperty', 'failMessage', 'badIndex', 'overdraftStep'] as const) this.put(g, -1);
    this.put('lut', lut);
    this.put('scratch', SCRATCH);
    this.put('buffer', module.buffer);
    this.put('stride', this.recordBytes);
    this.put('wanted', module.sometimes.length);
    this.layOut();
    this.write(0, p.initial);
  }

  private install(lookUps: readonly LookUp[], from: number): void {
    const view = new DataView(this.memory.buffer);
    for (const t of lookUps)
      t.entries.forEach((e, i) => {
        if (t.wide) view.setBigUint64(from + t.at + 8 * i, e, true);
        else view.setUint32(from + t.at + 4 * i, Number(e), true);
      });
  }

  get(name: GlobalName): number {
    return this.x[name].value as number;
  }

  count(name: GlobalName): number {
    return Number(this.x[name].value as bigint);
  }

  put(name: GlobalName, value: number): void {
    this.x[name].value = value | 0;
  }

  read(i: number): bigint[] {
    const view = new DataView(this.memory.buffer);
    const at = (this.get('records') >>> 0) + i * this.recordBytes;
    return Array.from({ length: this.words }, (_, k) => view.getBigUint64(at + 8 * k, true));
  }

  write(i: number, words: readonly bigint[]): void {
    const view = new DataView(this.memory.buffer);
    const at = (this.get('records') >>> 0) + i * this.recordBytes;
    words.forEach((w, k) => {
      view.setBigUint64(at + 8 * k, w, true);
    });
  }

  parent(i: number): number {
    const at = (this.get('records') >>> 0) + i * this.recordBytes;
    return new DataView(this.memory.buffer).getInt32(at + 8 * this.words, true);
  }

  /** The bytes of some records. */
  records(from: number, to: number): Uint8Array {
    const at = (this.get('records') >>> 0) + from * this.recordBytes;
    return new Uint8Array(this.memory.buffer, at, (to - from) * this.recordBytes);
  }

  /** The words that stand for this state's orbit; the state's own without symmetry. */
  canonical(words: readonly bigint[]): readonly bigint[] {
    const room = this.get('tail');
    this.write(room, words);
    this.x.canonical((this.get('records') >>> 0) + room * this.recordBytes);
    return this.read(room);
  }

  bytes(): number {
    return this.memory.buffer.byteLength;
  }

  /** Room for more: records grow at the end, the table doubles when it is three quarters full. */
  grow(): void {
    const tail = this.get('tail');
    const times = this.slots < 1 << 18 ? 4 : 2;
    const slots = this.get('room') >= Math.floor(this.slots * 0.75) ? this.slots * times : this.slots;
    if (slots === this.slots) {
      this.layOut();
      return;
    }
    const from = this.get('records') >>> 0;
    this.slots = slots;
    this.reserve(this.low + 4 * slots + this.recordBytes * tail);
    const to = this.low + 4 * slots;
    const bytes = new Uint8Array(this.memory.buffer);
    bytes.copyWithin(to, from, from + this.recordBytes * tail);
    bytes.fill(0, this.low, to);
    this.layOut();
    this.x.rehash();
  }

  private layOut(): void {
    const records = this.low + 4 * this.slots;
    const full = Math.floor(this.slots * 0.75);
    // Growing is cheap (nothing is copied), so only an eighth more is taken each time.
    const tail = this.get('tail');
    const room = Math.min(full, tail + Math.max(this.batch * 2, FIRST, tail >>> 3));
    this.reserve(records + this.recordBytes * (room + 1));
    this.put('table', this.low);
    this.put('mask', this.slots - 1);
    this.put('indexMask', this.slots - 1);
    this.put('records', records);
    this.put('room', room);
  }

  private reserve(bytes: number): void {
    const pages = Math.ceil(bytes / PAGE) - this.memory.buffer.byteLength / PAGE;
    if (pages <= 0) return;
    if (bytes > 65536 * PAGE)
      throw new Error(
        'the search needs more than the 4 GiB of a WebAssembly memory; use the engine "js" or lower maxStates',
      );
    this.memory.grow(pages);
  }
}
