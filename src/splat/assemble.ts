/** Puts records together to reports: several CPUs may print at once, and lines may be missing. */
import { checkOf } from './checks.js';
import { chooseDraft } from './choose-draft.js';
import { Draft } from './draft.js';
import type { SplatRecord } from './record.js';
import { readFrames, readPair } from './trace.js';
import type { SplatFields, SplatFlags } from './types.js';

interface Orphans {
  flags: SplatFlags | null;
  pageType: string | null;
  memcg: string | null;
  aops: string | null;
  notes: string[];
  head: Record<string, string> | null;
  line: number;
}

interface Seen {
  kernel: string | null;
  taint: string | null;
  cpu: number | null;
  pid: number | null;
  comm: string | null;
  line: number;
}

/** The text of a record and where it stands. */
export interface Place {
  text: string;
  /** `T123` or `C1`, empty where the kernel does not print it. */
  caller: string;
  /** From 1. */
  line: number;
  /** Whether a log prefix stood before it. */
  stamped: boolean;
  /** Whether other text stands before it on its line. */
  glued: boolean;
}

/** Lines of one caller (or of all, where the kernel does not print its caller). */
interface Context {
  open: Draft[];
  orphans: Orphans | null;
  /** The CPU line before a dump belongs to it in KASAN's reports. */
  lastCpu: Seen | null;
  /** The swap code's word about an entry, which comes right before the report of it. */
  swapEntry: { text: string; line: number } | null;
  used: number;
}

/** How far apart, in lines, parts of one report may lie. */
const reach = { report: 400, orphans: 12, kasan: 200, trace: 24, swap: 3, open: 4, contexts: 128, sweep: 64 };

export class Assembler {
  private readonly contexts = new Map<string, Context>();
  private readonly done: SplatFields[] = [];
  private suppressed: number | null = null;
  private nextSweep = 0;
  private kernel: string | null = null;

  /** True while no line but one that starts a report can matter. */
  get idle(): boolean {
    for (const c of this.contexts.values()) if (c.open.length > 0) return false;
    return true;
  }

  /** Takes one record, or null for a line that is none; the text of its place is for the lines of traces. */
  take(r: SplatRecord | null, place: Place): void {
    const { text, caller, line, stamped } = place;
    const c = this.context(caller, line);
    if (line >= this.nextSweep) {
      for (const each of this.contexts.values()) this.expire(each, line);
      this.nextSweep = line + reach.sweep;
    }
    this.expire(c, line);
    if (r === null) {
      this.takeOther(c, text, line);
      return;
    }
    switch (r.is) {
      case 'version':
        this.kernel = r.kernel;
        return;
      case 'swapEntry':
        c.swapEntry = { text: r.text, line };
        return;
      case 'suppressed':
        this.suppressed = r.count;
        return;
      case 'header':
        this.takeHeader(c, r, line, stamped);
        return;
      case 'traceEnd':
        for (const d of c.open) if (d.stage === 'trace' && d.fields.frames.length > 0) this.close(c, d);
        return;
      case 'cpu':
        if (r.kernel !== null) this.kernel = r.kernel;
        c.lastCpu = { kernel: r.kernel, taint: r.taint, cpu: r.cpu, pid: r.pid, comm: r.comm, line };
        break;
      default:
    }
    if (r.is === 'page' && c.open.some(d => d.takeCopy(r, line))) return;
    const draft = chooseDraft(c.open, r, line);
    if (draft !== null) {
      draft.take(r, line);
      draft.lines = 0;
      if (r.is === 'raw') this.noteStray(draft, text);
      if (r.is === 'reason') this.adoptCpu(c, draft);
      if (r.is === 'traceStart' && text.includes('}')) this.takeOther(c, text, line);
      return;
    }
    this.takeHomeless(c, r, place);
  }

  /** The finished reports since the last call, in the order of their headlines: one that goes on holds back later ones. */
  drain(): SplatFields[] {
    if (this.done.length === 0) return [];
    let first = Number.POSITIVE_INFINITY;
    for (const c of this.contexts.values()) for (const d of c.open) first = Math.min(first, d.fields.firstLine);
    this.done.sort((a, b) => a.firstLine - b.firstLine);
    const ready = this.done.findIndex(f => f.firstLine > first);
    return this.done.splice(0, ready < 0 ? this.done.length : ready);
  }

  end(): void {
    for (const c of this.contexts.values()) for (const d of [...c.open]) this.close(c, d);
  }

  private context(caller: string, line: number): Context {
    let c = this.contexts.get(caller);
    if (c === undefined) {
      if (this.contexts.size >= reach.contexts) this.forget();
      c = { open: [], orphans: null, lastCpu: null, swapEntry: null, used: line };
      this.contexts.set(caller, c);
    }
    c.used = line;
    return c;
  }

  /** Drops the context that was not used for the longest time: memory stays bounded on any log. */
  private forget(): void {
    let oldest: [string, Context] | null = null;
    for (const e of this.contexts) if (oldest === null || e[1].used < oldest[1].used) oldest = e;
    if (oldest === null) return;
    for (const d of [...oldest[1].open]) this.close(oldest[1], d);
    this.contexts.delete(oldest[0]);
  }

  private expire(c: Context, line: number): void {
    if (c.open.some(d => line - d.fields.lastLine > reach.report))
      for (const d of [...c.open]) if (line - d.fields.lastLine > reach.report) this.close(c, d);
    if (c.orphans !== null && line - c.orphans.line > reach.orphans) c.orphans = null;
  }

  private takeHeader(c: Context, r: Extract<SplatRecord, { is: 'header' }>, line: number, stamped: boolean): void {
    for (const d of [...c.open]) {
      const past = d.stage === 'cpu' || d.stage === 'trace' || d.stage === 'dumped';
      if (d.fields.kind === 'dump_page' || d.stage === 'cpu' || d.stage === 'trace' || line - d.fields.lastLine > 12)
        this.close(c, d);
      else if (!past && !d.hasDump && d.sameHeader(r) && (!d.stamped || d.sameLine(r, line)))
        c.open = c.open.filter(o => o !== d);
    }
    // A task's name has at most 15 characters: longer text without a page is prose.
    if (!stamped && r.pfn === null && r.page === null && Object.keys(r.tables).length === 0 && r.process.length > 16)
      return;
    c.orphans = null;
    const d = new Draft(r.kind, line, stamped || r.quoted);
    d.loose = r.loose;
    d.fields.process = r.process === '' ? null : r.process;
    d.fields.pfn = r.pfn;
    d.fields.page = r.page;
    d.fields.pte = r.tables.pte ?? r.tables.entry ?? null;
    d.fields.pmd = r.tables.pmd ?? null;
    d.fields.suppressed = this.suppressed;
    if (c.swapEntry !== null && line - c.swapEntry.line <= reach.swap) d.fields.notes.push(c.swapEntry.text);
    c.swapEntry = null;
    this.suppressed = null;
    this.add(c, d);
  }

  private add(c: Context, d: Draft): void {
    while (c.open.length >= reach.open) {
      const first = c.open[0];
      if (first === undefined) break;
      this.close(c, first);
    }
    c.open.push(d);
  }

  /** Records that no open report can take: they may start a page dump of their own. */
  private takeHomeless(c: Context, r: SplatRecord, place: Place): void {
    const { line, stamped } = place;
    const early = r.is === 'set' && (r.key === 'memcg' || r.key === 'aops');
    if (early || r.is === 'flags' || r.is === 'note' || (r.is === 'head' && r.pairs.order !== undefined)) {
      c.orphans ??= { flags: null, pageType: null, memcg: null, aops: null, notes: [], head: null, line };
      if (r.is === 'flags') c.orphans.flags = r.flags;
      else if (r.is === 'note') c.orphans.notes = [r.text];
      else if (r.is === 'head') c.orphans.head = r.pairs;
      else if (r.is === 'set') c.orphans[r.key as 'memcg'] = r.value;
      return;
    }
    if (r.is === 'set' && r.key === 'pageType' && c.orphans !== null) c.orphans.pageType = r.value;
    const starts =
      r.is === 'page' ||
      (r.is === 'raw' && r.words.length >= 3) ||
      (r.is === 'reason' && this.isReasonAlone(c, r, place));
    if (!starts) return;
    if (r.is === 'reason' && c.open.some(d => d.fields.reason === r.reason && line - d.fields.lastLine <= 1)) return;
    // Another dump begins: what was open in this context is past its own dump.
    for (const d of [...c.open]) if (d.stage !== 'dumped' || d.fields.kind === 'dump_page') this.close(c, d);
    const d = new Draft('dump_page', line, stamped);
    const o = c.orphans;
    if (o !== null && r.is !== 'page') {
      if (o.flags !== null) d.fields.flags = o.flags;
      if (o.head !== null) d.take({ is: 'head', pairs: o.head }, line);
      d.fields.pageType = o.pageType;
      d.fields.memcg = o.memcg;
      d.fields.aops = o.aops;
      d.fields.firstLine = o.line;
    }
    if (o !== null) d.fields.notes.push(...o.notes);
    c.orphans = null;
    d.take(r, line);
    this.add(c, d);
  }

  /** Source code and prose quote the line, too: alone, it must stand in a log, or below the flags of a dump, or say a known reason. */
  private isReasonAlone(c: Context, r: { reason: string }, { line, stamped, glued }: Place): boolean {
    if (stamped || (c.orphans !== null && line - c.orphans.line <= reach.orphans)) return true;
    return !glued && checkOf(r.reason) !== null && r.reason.split(' ').length <= 8;
  }

  private noteStray(d: Draft, text: string): void {
    const last = text.at(-1) ?? '';
    // Nearly every line ends with a digit of its last word.
    if ((last >= '0' && last <= '9') || (last >= 'a' && last <= 'f')) return;
    const stray = /[0-9a-f]{16}([g-zA-Z])$/.exec(text)?.[1];
    if (stray !== undefined) d.strayLetter = stray;
  }

  private takeOther(c: Context, text: string, line: number): void {
    const tracing = c.open.findLast(d => d.stage === 'trace');
    const draft = tracing ?? c.open.findLast(d => d.stage !== 'head' && d.stage !== 'done');
    if (draft === undefined) return;
    // A trace whose headline was left out begins with the functions that print it.
    const begins =
      draft.stage !== 'dump' &&
      /^(?:__)?(?:dump_stack|dump_stack_lvl|show_stack|bad_page|print_bad_pte)\b.*\+0x/.test(text);
    const pair = readPair(text);
    if (pair !== null) {
      draft.addPair(pair, line);
      draft.lines = 0;
      return;
    }
    const frames = readFrames(text, tracing !== undefined || begins);
    if (frames.length > 0) {
      for (const frame of frames) draft.addFrame(frame, line);
      draft.lines = 0;
      return;
    }
    draft.lines++;
    if (tracing === undefined) return;
    if (text === '</TASK>' || draft.lines > reach.trace) this.close(c, tracing);
  }

  /** KASAN prints the CPU line first and the page afterwards. */
  private adoptCpu(c: Context, d: Draft): void {
    const f = d.fields;
    const before = c.lastCpu;
    if (f.kind !== 'dump_page' || before === null || !f.reason?.startsWith('kasan')) return;
    if (f.kernel !== null || f.taint !== null || f.firstLine - before.line > reach.kasan) return;
    f.kernel = before.kernel;
    f.kernelFrom = before.kernel === null ? null : 'report';
    f.taint = before.taint;
    f.cpu = before.cpu;
    f.pid = before.pid;
    f.comm = before.comm;
    this.close(c, d);
  }

  private close(c: Context, d: Draft): void {
    c.open = c.open.filter(o => o !== d);
    d.stage = 'done';
    const f = d.fields;
    if (f.kernel === null && this.kernel !== null) {
      f.kernel = this.kernel;
      f.kernelFrom = 'log';
    }
    if (this.isReport(d)) this.done.push(f);
  }

  /** A headline alone, without prefix, pfn and page-table entries, is prose about a report. */
  private isReport(d: Draft): boolean {
    if (d.fields.kind === 'dump_page' || d.hasDump) return true;
    return !d.isMention;
  }
}
