/** One ledger a page and lifetime: who took references, who gave them back, who still holds. */
import { flat } from './chars.js';
import { changeOf, type PageRefEvent, pfnText } from './event.js';
import { functionsOf, holderOf } from './holders.js';
import { LifeNumbers } from './life-numbers.js';
import {
  BEFORE,
  type Entry,
  type HolderTotal,
  type LedgerOptions,
  type Life,
  type Pair,
  type ScoreRow,
} from './lives.js';

/** Bounds that keep the memory constant on a trace of any length. */
const most = { pages: 200_000, stacks: 20_000, pairs: 5_000, holders: 5_000, score: 5_000 };

/** Holders that most pages have for long: they are the likeliest to give back what was taken before the trace. */
const old = ['page table', 'page cache', 'swap cache', 'buffer heads', 'LRU batch'];
const rank = (name: string): number => (old.includes(name) ? old.indexOf(name) : old.length);

export const entryOf = (life: Life, name: string): Entry | undefined => life.holders.find(x => x.name === name);

interface Stack {
  functions: readonly string[];
  holder: string | null;
}

const noStack: Stack = { functions: [], holder: null };
const nobody: readonly Entry[] = [];

const newEntry = (name: string, took: number): Entry => ({
  name,
  took,
  gaveBack: 0,
  balance: took,
  line: 0,
  task: '',
  time: '',
  functions: noStack.functions,
});

/** Takes events in the order of the trace. */
export class PageLedger {
  readonly lives = new Map<number, Life>();
  readonly pairs = new Map<string, Pair>();
  readonly totals = new Map<string, HolderTotal>();
  readonly scores = new Map<string, ScoreRow[]>();
  private readonly numbers = new LifeNumbers();
  private readonly stacks = new Map<string, Stack>();
  private readonly wanted: ReadonlySet<number>;
  /** Lifetimes begun and ended, gives-back of what nobody held, pages that were dropped since there were too many. */
  begun = 0;
  ended = 0;
  overdrawn = 0;
  dropped = 0;
  withStack = 0;

  constructor(options: LedgerOptions = {}) {
    this.wanted = new Set((options.pfns ?? []).map(Number));
  }

  take(e: PageRefEvent, stackText: string): void {
    const stack = this.stackOf(stackText);
    if (stack.functions.length > 0) this.withStack++;
    const name = stack.holder ?? (e.task === '' ? 'without a stack' : e.task);
    const change = changeOf(e);
    const life = this.lifeOf(e, change);
    life.lastLine = e.line;
    life.changes++;
    if (e.op === 'page_ref_freeze') {
      if (e.ret !== 0) life.frozen = e.val;
    } else if (e.op === 'page_ref_unfreeze') this.unfreeze(life, e, name, stack);
    else if (e.op === 'page_ref_set') this.set(life, e, name, stack);
    else this.book(life, name, change, e, stack);
    if (life.frozen === 0 && e.op !== 'page_ref_set' && change !== 0 && e.count !== life.count) life.off++;
    if (this.wanted.size > 0 && this.wanted.has(e.pfn)) this.note(life, e, name, change, stack);
    const last = e.op === 'page_ref_mod_and_test' && e.ret === 1;
    if (last || (life.count === 0 && life.frozen === 0 && change !== 0 && e.count === 0)) this.close(life);
  }

  /** Call it once, after the last event: counts what is held. */
  finish(): void {
    for (const life of this.lives.values()) this.settle(life);
    for (const life of this.lives.values())
      for (const entry of life.holders) {
        if (entry.balance === 0) continue;
        const t = this.total(entry.name);
        t.holds += entry.balance;
        t.pages++;
      }
  }

  private stackOf(text: string): Stack {
    if (text === '') return noStack;
    let stack = this.stacks.get(text);
    if (stack === undefined) {
      const own = flat(text);
      const functions = functionsOf(own);
      stack = { functions, holder: holderOf(functions) };
      if (this.stacks.size >= most.stacks) this.stacks.clear();
      this.stacks.set(own, stack);
    }
    return stack;
  }

  private lifeOf(e: PageRefEvent, change: number): Life {
    const known = this.lives.get(e.pfn);
    if (known !== undefined) return known;
    if (this.lives.size >= most.pages) this.drop();
    const number = this.numbers.next(e.pfn);
    // What the count was before the first change that the trace shows.
    const there = e.op === 'page_ref_set' || e.op === 'page_ref_unfreeze' ? 0 : Math.max(0, e.count - change);
    const life: Life = {
      pfn: e.pfn,
      life: number,
      firstLine: e.line,
      lastLine: e.line,
      changes: 0,
      count: there,
      off: 0,
      frozen: 0,
      ended: false,
      holders: there > 0 ? [newEntry(BEFORE, there)] : nobody,
    };
    this.lives.set(e.pfn, life);
    this.begun++;
    return life;
  }

  /** Forgets an eighth of the pages, those that were quiet for the longest time: one by one would be a search for each. */
  private drop(): void {
    const lines = new Float64Array(this.lives.size);
    let i = 0;
    for (const life of this.lives.values()) lines[i++] = life.lastLine;
    const limit = lines.sort()[lines.length >> 3] ?? 0;
    for (const life of this.lives.values())
      if (life.lastLine <= limit) {
        this.lives.delete(life.pfn);
        this.dropped++;
      }
  }

  private entry(life: Life, name: string): Entry {
    for (const entry of life.holders) if (entry.name === name) return entry;
    const entry = newEntry(name, 0);
    // Not push(): it would make room for sixteen more.
    life.holders = life.holders.length === 0 ? [entry] : [...life.holders, entry];
    return entry;
  }

  private total(name: string): HolderTotal {
    const key = this.totals.size >= most.holders && !this.totals.has(name) ? 'others' : name;
    let t = this.totals.get(key);
    if (t === undefined) {
      t = { name: key, took: 0, gaveBack: 0, holds: 0, pages: 0 };
      this.totals.set(key, t);
    }
    return t;
  }

  private book(life: Life, name: string, change: number, e: PageRefEvent, stack: Stack): void {
    if (change === 0) return;
    const entry = this.entry(life, name);
    life.count += change;
    if (change > 0) {
      entry.took += change;
      entry.balance += change;
      entry.line = e.line;
      entry.task = e.task;
      entry.time = e.time;
      entry.functions = stack.functions;
      this.total(name).took += change;
      return;
    }
    this.total(name).gaveBack -= change;
    entry.gaveBack -= change;
    entry.balance += change;
    if (life.count < 0) this.overdrawn++;
  }

  /** Sets what was given back without having been taken in the trace against the references that were there before it. */
  private settle(life: Life): void {
    // It is the first holder, where there is one.
    const earlier = life.holders[0];
    if (earlier?.name !== BEFORE || life.holders.length === 1) return;
    const owing = life.holders.filter(x => x.balance < 0);
    if (owing.length > 1) owing.sort((a, b) => rank(a.name) - rank(b.name));
    for (const x of owing) {
      const some = Math.min(earlier.balance, -x.balance);
      earlier.balance -= some;
      earlier.gaveBack += some;
      x.balance += some;
    }
  }

  private unfreeze(life: Life, e: PageRefEvent, name: string, stack: Stack): void {
    const more = e.val - (life.frozen === 0 ? life.count : life.frozen);
    life.frozen = 0;
    // A split gives each part its own count: the rest belongs to whoever unfroze.
    if (more !== 0) this.book(life, name, more, e, stack);
  }

  private set(life: Life, e: PageRefEvent, name: string, stack: Stack): void {
    if (life.changes > 1 && e.val > 0) {
      // A new lifetime: the old one ended while it was frozen, or with its count set to 0.
      this.close(life);
      const next = this.lifeOf(e, 0);
      next.lastLine = e.line;
      next.changes++;
      this.book(next, name, e.val, e, stack);
      return;
    }
    if (e.val === 0) {
      life.count = 0;
      this.close(life);
    } else this.book(life, name, e.val, e, stack);
  }

  private close(life: Life): void {
    if (life.ended) return;
    life.ended = true;
    this.lives.delete(life.pfn);
    this.ended++;
    if (life.frozen > 0) return;
    this.settle(life);
    let t: string | undefined;
    let g: string | undefined;
    for (const x of life.holders)
      if (x.balance < 0) g ??= x.name;
      else if (x.balance > 0 && x.name !== BEFORE) t ??= x.name;
    if (t === undefined && g === undefined) return;
    const key = `${t ?? BEFORE}\n${g ?? '?'}`;
    const pair = this.pairs.get(key);
    if (pair !== undefined) pair.times++;
    else if (this.pairs.size < most.pairs)
      this.pairs.set(key, {
        ...{ taken: t ?? 'nobody in the trace', givenBack: g ?? 'nobody in the trace', times: 1 },
        example: { pfn: pfnText(life.pfn), life: life.life },
      });
  }

  private note(life: Life, e: PageRefEvent, holder: string, change: number, stack: Stack): void {
    const rows = this.scores.get(pfnText(e.pfn)) ?? [];
    this.scores.set(pfnText(e.pfn), rows);
    if (rows.length >= most.score) rows.shift();
    const current = this.lives.get(e.pfn) ?? life;
    rows.push({
      ...{ line: e.line, time: e.time, cpu: e.cpu, task: e.task, op: e.op, change, count: e.count, holder },
      functions: stack.functions,
      holds: Object.fromEntries(current.holders.filter(x => x.balance !== 0).map(x => [x.name, x.balance])),
    });
  }
}
