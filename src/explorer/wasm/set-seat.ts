/** One thread's part in a search of many states: an instance of the module on the memory that all share, with numbers of its own. */
import { host, type WasmGlobal, type WasmMemory } from './host.js';
import { FIRST_MINE, MINE, PARAMETERS } from './set-layout.js';
import { DONE, type GLOBALS } from './shape.js';

type GlobalName = (typeof GLOBALS)[number];
export type SetExports = Record<GlobalName, WasmGlobal> & {
  setRun(chunks: number): number;
  setFlush(): void;
  setAdmit(address: number, count: number, stride: number): void;
  setSpread(used: number, slots: bigint, top: bigint, low: bigint, stash: number, stashEnd: number): void;
};

/** What a thread must know to sit down: plain data, the memory beside it. */
export interface SeatPlan {
  /** The module's bytes. */
  readonly module: Uint8Array;
  readonly lut: number;
  /** Bytes of a state in a chunk. */
  readonly stride: number;
  readonly steps: number;
  readonly bufferBytes: number;
  readonly sometimes: number;
}

/** Bytes of a thread's own. */
export const mineBytes = (p: SeatPlan) => Math.ceil((MINE.coverage + 8 * p.steps + p.bufferBytes) / 64) * 64;
export const mineAt = (p: SeatPlan, seat: number) => FIRST_MINE + seat * mineBytes(p);
export const bufferAt = (p: SeatPlan, seat: number) =>
  mineAt(p, seat) + Math.ceil((MINE.coverage + 8 * p.steps) / 8) * 8;

export class Seat {
  readonly x: SetExports;
  readonly mine: number;
  private readonly memory: WasmMemory;

  constructor(p: SeatPlan, memory: WasmMemory, seat: number) {
    this.memory = memory;
    this.mine = mineAt(p, seat);
    const compiled = new (host().Module)(p.module);
    this.x = new (host().Instance)(compiled, { env: { memory } }).exports as unknown as SetExports;
    for (const g of ['badProperty', 'failMessage', 'badIndex', 'overdraftStep'] as const) this.x[g].value = -1;
    const numbers = {
      lut: p.lut,
      mine: this.mine,
      scratch: this.mine + MINE.scratch,
      buffer: bufferAt(p, seat),
      stride: p.stride,
      wanted: p.sometimes,
    };
    for (const [g, n] of Object.entries(numbers)) this.x[g as keyof typeof numbers].value = n;
  }

  /** Takes what has been said of the table. */
  adopt(): void {
    const view = new DataView(this.memory.buffer);
    for (const g of ['table', 'tableEnd', 'chunks', 'threads'] as const)
      this.x[g].value = view.getInt32(PARAMETERS[g], true);
    for (const g of ['slots', 'top', 'low', 'unit'] as const) this.x[g].value = view.getBigInt64(PARAMETERS[g], true);
    this.x.quota.value = (this.x.made.value as number) + view.getUint32(PARAMETERS.allowance, true);
  }

  /** Works on the level; says how it came back, and writes down what it found so far. */
  run(chunks: number): number {
    const code = this.x.setRun(chunks);
    if (code === DONE) this.x.setFlush();
    const view = new DataView(this.memory.buffer);
    view.setInt32(this.mine + MINE.made, this.x.made.value as number, true);
    view.setInt32(this.mine + MINE.code, code, true);
    view.setBigUint64(this.mine + MINE.transitions, BigInt.asUintN(64, this.x.transitions.value as bigint), true);
    view.setBigUint64(this.mine + MINE.full, BigInt.asUintN(64, this.x.full.value as bigint), true);
    return code;
  }
}
