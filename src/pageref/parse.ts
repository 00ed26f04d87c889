/** Traces of page_ref as trace_pipe, trace-cmd report, perf script and bpftrace print them -> events with their stacks. */
import type { PageRefEvent, PageRefOp } from './event.js';

/** An event, and the lines of the stack below it as one text; empty where the trace has none. */
export type Deliver = (event: PageRefEvent, stack: string) => void;

const ops: ReadonlySet<string> = new Set<PageRefOp>([
  'page_ref_set',
  'page_ref_mod',
  'page_ref_mod_and_test',
  'page_ref_mod_and_return',
  'page_ref_mod_unless',
  'page_ref_freeze',
  'page_ref_unfreeze',
]);

/** What stands before the name of an event: `bash-1234 [001] d..2. 12.345678: ` of ftrace, `bash 1234 [001] 12.345678: page_ref:` of perf. */
const before =
  /^\s*(.*?)[-\s]+(\d+)\s+(?:\([\s\d-]+\)\s+)?\[(\d+)\]\s+(?:[\w.#+]{4,6}\s+)?(\d+\.\d+):\s+(?:page_ref:)?$/;
/** The stack of an event as a record of its own, which other CPUs may come before. Some print its first call on the same line. */
const stackRecord =
  /\[(\d+)\]\s+(?:[\w.#+]{4,6}\s+)?\d+\.\d+:\s+(?:(?:kernel_stack:\s*)?<stack trace ?>|kernel_stack:\s*(=> ?\S+))/;
/** A call: `=> f`, `ffffffff81 f+0x12 ([kernel.kallsyms])`, or `f+18` alone on its line. */
const call =
  /^\s*(?:=> ?\S|[0-9a-f]{8,16}\s+\S|[A-Za-z_][\w.$]*(?:\+(?:0x)?[0-9a-f]+(?:\/0x[0-9a-f]+)?)?(?: \[\w+\])?\s*$)/;
const lostEvents = /\bLOST\s+(\d+)\s+(?:EVENTS|events)|lost\s+(\d+)\s+events/;

/** Longer lines are cut: no record is that long. */
const longestLine = 65_536;
/** Most lines of a stack that are kept; the kernel writes no more than 127. */
const deepest = 128;

function numberAfter(line: string, key: string, from: number): number | null {
  const at = line.indexOf(key, from);
  if (at < 0) return null;
  const value = Number.parseInt(line.slice(at + key.length, at + key.length + 12), 10);
  return Number.isNaN(value) ? null : value;
}

function pfnAfter(line: string, from: number): string | null {
  const at = line.indexOf('pfn=', from);
  if (at < 0) return null;
  const digits = /^0x0*([0-9a-f]{1,16})(?![0-9a-f])|^(\d{1,16})(?!\w)/.exec(line.slice(at + 4, at + 24));
  if (digits === null) return null;
  // bpftrace's %d and old kernels print it as a decimal number.
  return `0x${digits[1] ?? Number(digits[2]).toString(16)}`;
}

interface Waiting {
  event: PageRefEvent;
  stack: string;
  /** Whether its stack is whole: the next event of its CPU has come. */
  whole: boolean;
}

/** Events that may wait for the stack of the first of them. */
const mostWaiting = 256;

/** Reads a trace line by line; memory does not grow with it. */
export class TraceReader {
  private readonly deliver: Deliver;
  /** The last event of each CPU (-1: the format does not print it), whose stack may follow. */
  private readonly waiting = new Map<number, Waiting>();
  /** Events in the order of the trace, of which the first still waits. */
  private queue: Waiting[] = [];
  /** The event that the lines of a stack belong to now. */
  private open: Waiting | null = null;
  private depth = 0;
  /** Lines, events and damaged events read so far, and events that the trace says it lost. */
  line = 0;
  events = 0;
  damaged: { line: number; count: number } | null = null;
  lost = 0;

  constructor(deliver: Deliver) {
    this.deliver = deliver;
  }

  /** Takes one line without its line feed. */
  take(raw: string): void {
    this.line++;
    const line = raw.length > longestLine ? raw.slice(0, longestLine) : raw;
    const at = line.indexOf('page_ref_');
    if (at >= 0 && this.takeEvent(line, at)) return;
    if (this.open !== null && call.test(line)) {
      if (this.depth++ < deepest) this.open.stack += this.open.stack === '' ? line : `\n${line}`;
      return;
    }
    this.open = null;
    if (line.includes('<stack trace') || line.includes('kernel_stack:')) {
      const [, cpu, first] = stackRecord.exec(line) ?? [];
      const of = this.waiting.get(cpu === undefined ? -1 : Number(cpu)) ?? null;
      this.begin(of);
      if (first !== undefined && of !== null) of.stack = first;
    } else if (line.includes('LOST') || line.includes('lost')) {
      const m = lostEvents.exec(line);
      this.lost += Number(m?.[1] ?? m?.[2] ?? 0);
    }
  }

  end(): void {
    for (const w of this.queue) this.deliver(w.event, w.stack);
    this.queue = [];
    this.waiting.clear();
  }

  private begin(w: Waiting | null): void {
    this.open = w;
    this.depth = 0;
  }

  /** Delivers what is whole, in the order of the trace, and does not wait for ever for one CPU. */
  private handOver(): void {
    let n = 0;
    while (n < this.queue.length && (this.queue[n]?.whole === true || this.queue.length - n > mostWaiting)) n++;
    for (const w of this.queue.splice(0, n)) this.deliver(w.event, w.stack);
  }

  /** False for a line that only looks like an event: a call of a function of that name. */
  private takeEvent(line: string, at: number): boolean {
    const colon = line.indexOf(':', at);
    const op = colon < 0 ? '' : line.slice(at, colon);
    if (!ops.has(op)) return false;
    const pfn = pfnAfter(line, colon);
    const val = numberAfter(line, ' val=', colon);
    const count = numberAfter(line, ' count=', colon);
    if (pfn === null || val === null || count === null) {
      this.damaged = { line: this.damaged?.line ?? this.line, count: (this.damaged?.count ?? 0) + 1 };
      this.open = null;
      return true;
    }
    const head = before.exec(line.slice(0, at));
    const cpu = head === null ? numberAfter(line, ' cpu=', colon) : Number(head[3]);
    const comm = head === null ? /\bcomm=(.{1,16}?)(?= \w+=|$)/.exec(line)?.[1] : head[1]?.trim();
    const pid = head === null ? numberAfter(line, ' pid=', colon) : Number(head[2]);
    const event: PageRefEvent = {
      op: op as PageRefOp,
      pfn,
      val,
      count,
      ret: numberAfter(line, ' ret=', colon),
      cpu,
      task: comm === undefined ? '' : `${comm}-${pid ?? '?'}`,
      time: head?.[4] ?? '',
      line: this.line,
    };
    this.events++;
    const key = cpu ?? -1;
    const last = this.waiting.get(key);
    if (last !== undefined) last.whole = true;
    this.handOver();
    const w: Waiting = { event, stack: '', whole: false };
    this.queue.push(w);
    this.waiting.set(key, w);
    // perf and bpftrace print the stack right below the event.
    this.begin(w);
    return true;
  }
}
