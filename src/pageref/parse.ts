/**
 * Traces of page_ref as trace_pipe, trace-cmd report, perf script and bpftrace print them -> events with their stacks.
 *
 * A trace is long, so its text is read in place, by character codes: a line becomes a string only where that is unavoidable.
 * Whatever does not have the usual form is read anew, by the regular expressions.
 */
import { COLON, flat, GREATER, isWord, numberAfter, pfnAfter } from './chars.js';
import type { PageRefEvent } from './event.js';
import { Fields, Head, isCall, opAt } from './fields.js';

/** An event, and the lines of the stack below it as one text; empty where the trace has none. */
export type Deliver = (event: PageRefEvent, stack: string) => void;

/** What stands before the name of an event: `bash-1234 [001] d..2. 12.345678: ` of ftrace, `bash 1234 [001] 12.345678: page_ref:` of perf. */
const before =
  /^\s*(.*?)[-\s]+(\d+)\s+(?:\([\s\d-]+\)\s+)?\[(\d+)\]\s+(?:[\w.#+]{4,6}\s+)?(\d+\.\d+):\s+(?:page_ref:)?$/;
/** The stack of an event as a record of its own, which other CPUs may come before. Some print its first call on the same line. */
const stackRecord =
  /\[(\d+)\]\s+(?:[\w.#+]{4,6}\s+)?\d+\.\d+:\s+(?:(?:kernel_stack:\s*)?<stack trace ?>|kernel_stack:\s*(=> ?\S+))/;
const lostEvents = /\bLOST\s+(\d+)\s+(?:EVENTS|events)|lost\s+(\d+)\s+events/;

/** Longer lines are cut: no record is that long. */
export const longestLine = 65_536;
/** Most lines of a stack that are kept; the kernel writes no more than 127. */
const deepest = 128;
/** Events that may wait for the stack of the first of them. */
const mostWaiting = 256;
/** Names of tasks that are remembered, so that each stands in memory once. */
const mostTasks = 4096;

interface Waiting extends PageRefEvent {
  stack: string;
  /** Whether its stack is whole: the next event of its CPU has come. */
  whole: boolean;
}

/** Reads a trace; memory does not grow with it. */
export class TraceReader {
  private readonly deliver: Deliver;
  /** The last event of each CPU (-1: the format does not print it), whose stack may follow. */
  private readonly waiting = new Map<number, Waiting>();
  /** Events in the order of the trace, of which the first still waits; those before `queueFrom` were delivered. */
  private queue: Waiting[] = [];
  private queueFrom = 0;
  /** The event that the lines of a stack belong to now, how many it has, and where they stand in the text that is being read. */
  private open: Waiting | null = null;
  private depth = 0;
  private stackFrom = -1;
  private stackTo = -1;
  /** Where the next `page_ref_` stands in the text; -1: not searched yet. */
  private next = -1;
  /** The beginning of a line whose end has not come yet. */
  private rest = '';
  private readonly fields = new Fields();
  private readonly head = new Head();
  private readonly tasks = new Map<string, string>();
  /** Lines, events and damaged events read so far, and events that the trace says it lost. */
  line = 0;
  events = 0;
  damaged: { line: number; count: number } | null = null;
  lost = 0;

  constructor(deliver: Deliver) {
    this.deliver = deliver;
  }

  /** Takes a piece of the trace, of any length. */
  feed(text: string): void {
    let from = 0;
    if (this.rest !== '') {
      const end = text.indexOf('\n');
      if (end < 0) {
        if (this.rest.length < longestLine) this.rest += flat(text.slice(0, longestLine));
        return;
      }
      const line = this.rest + text.slice(0, end);
      this.rest = '';
      this.take(line);
      from = end + 1;
    }
    this.next = -1;
    for (let end = text.indexOf('\n', from); end >= 0; end = text.indexOf('\n', from)) {
      this.takeLine(text, from, end);
      from = end + 1;
    }
    this.keepStack(text);
    if (from < text.length) this.rest = flat(text.slice(from, from + longestLine));
  }

  /** Takes one line without its line feed. */
  take(line: string): void {
    this.next = -1;
    this.takeLine(line, 0, line.length);
    this.keepStack(line);
  }

  end(): void {
    if (this.rest !== '') {
      const line = this.rest;
      this.rest = '';
      this.take(line);
    }
    for (const w of this.queue.slice(this.queueFrom)) this.deliver(w, w.stack);
    this.queue = [];
    this.queueFrom = 0;
    this.waiting.clear();
  }

  private takeLine(text: string, from: number, lineEnd: number): void {
    if (text.charCodeAt(from) === GREATER) {
      this.takeQuoted(text, text.slice(from, lineEnd));
      return;
    }
    this.line++;
    const end = lineEnd - from > longestLine ? from + longestLine : lineEnd;
    if (this.next < from) {
      const at = text.indexOf('page_ref_', from);
      this.next = at < 0 ? Number.POSITIVE_INFINITY : at;
    }
    if (this.next < end && this.takeEvent(text, from, end, this.next)) return;
    if (this.open !== null && isCall(text, from, end)) {
      if (this.depth++ < deepest) {
        if (this.stackFrom < 0) this.stackFrom = from;
        this.stackTo = end;
      }
      return;
    }
    this.begin(text, null);
    const line = text.slice(from, end);
    if (line.includes('<stack trace') || line.includes('kernel_stack:')) this.takeStackHead(line, text, from, end);
    else if (line.includes('LOST') || line.includes('lost')) {
      const m = lostEvents.exec(line);
      this.lost += Number(m?.[1] ?? m?.[2] ?? 0);
    }
  }

  /** A line of a mail that quotes a trace. */
  private takeQuoted(text: string, line: string): void {
    this.keepStack(text);
    const next = this.next;
    const bare = line.replace(/^(?:> ?)+/, '');
    this.next = -1;
    this.takeLine(bare, 0, bare.length);
    this.keepStack(bare);
    this.next = next;
  }

  /** `user-39 [000] ..... 11.314963: <stack trace>`, or `kernel_stack: => f` with the first call. */
  private takeStackHead(line: string, text: string, from: number, end: number): void {
    const record = line.indexOf('kernel_stack:');
    const marker = line.indexOf('<stack trace');
    const first = marker >= 0 ? -1 : line.indexOf('=>', record);
    if ((marker >= 0 || first >= 0) && this.head.read(line, 0, record >= 0 ? record : marker)) {
      const of = this.waiting.get(this.head.cpu) ?? null;
      this.begin(text, of);
      if (first < 0 || of === null) return;
      of.stack = '';
      this.stackFrom = from + first;
      this.stackTo = end;
      return;
    }
    const [, cpu, call] = stackRecord.exec(line) ?? [];
    const of = this.waiting.get(cpu === undefined ? -1 : Number(cpu)) ?? null;
    this.begin(text, of);
    if (call !== undefined && of !== null) of.stack = flat(call);
  }

  /** From here on the lines of a stack belong to this event. */
  private begin(text: string, w: Waiting | null): void {
    this.keepStack(text);
    this.open = w;
    this.depth = 0;
  }

  /** Gives the event the lines of its stack that stand in this text. */
  private keepStack(text: string): void {
    if (this.stackFrom < 0) return;
    if (this.open !== null) {
      const some = text.slice(this.stackFrom, this.stackTo);
      this.open.stack = this.open.stack === '' ? some : `${this.open.stack}\n${some}`;
    }
    this.stackFrom = -1;
  }

  /** Delivers what is whole, in the order of the trace, and does not wait for ever for one CPU. */
  private handOver(): void {
    const { queue } = this;
    let i = this.queueFrom;
    for (let w = queue[i]; w !== undefined && (w.whole || queue.length - i > mostWaiting); w = queue[++i])
      this.deliver(w, w.stack);
    if (i === queue.length) {
      queue.length = 0;
      i = 0;
    } else if (i >= 4 * mostWaiting) {
      queue.splice(0, i);
      i = 0;
    }
    this.queueFrom = i;
  }

  /** `bash-1234`: one string, however often the task stands in the trace. */
  private taskOf(text: string): string {
    const { head } = this;
    const key = text.slice(head.taskFrom, head.pidTo);
    return (
      this.tasks.get(key) ??
      this.newTask(key, text.slice(head.taskFrom, head.commTo), text.slice(head.pidFrom, head.pidTo))
    );
  }

  private newTask(key: string, comm: string, pid: string): string {
    const task = flat(`${comm}-${pid}`);
    if (this.tasks.size >= mostTasks) this.tasks.clear();
    this.tasks.set(flat(key), task);
    return task;
  }

  /** False for a line that only looks like an event: a call of a function of that name. */
  private takeEvent(text: string, from: number, end: number, at: number): boolean {
    let colon = at + 9;
    while (colon < end && isWord(text.charCodeAt(colon))) colon++;
    if (colon >= end || text.charCodeAt(colon) !== COLON) return false;
    const op = opAt(text, at, colon);
    if (op === null) return false;
    const { fields: f, head } = this;
    f.read(text, colon + 1, end);
    let { pfn, val, count } = f;
    if (pfn === null || val === null || count === null) {
      const line = text.slice(colon, end);
      pfn ??= pfnAfter(line);
      val ??= numberAfter(line, ' val=');
      count ??= numberAfter(line, ' count=');
    }
    if (pfn === null || val === null || count === null) {
      this.damaged = { line: this.damaged?.line ?? this.line, count: (this.damaged?.count ?? 0) + 1 };
      this.begin(text, null);
      return true;
    }
    let { cpu } = f;
    let [task, time] = ['', ''];
    if (at > from && head.read(text, from, at)) {
      cpu = head.cpu;
      task = this.taskOf(text);
      time = text.slice(head.timeFrom, head.timeTo);
    } else {
      const m = at > from ? before.exec(text.slice(from, at)) : null;
      if (m !== null) {
        cpu = Number(m[3]);
        task = flat(`${m[1]?.trim()}-${m[2]}`);
        time = m[4] ?? '';
      } else if (f.commFrom >= 0 && f.commTo > f.commFrom && f.commTo - f.commFrom <= 16) {
        const key = text.slice(f.commFrom, end);
        const pid = f.pid === null ? '?' : String(f.pid);
        task = this.tasks.get(key) ?? this.newTask(key, text.slice(f.commFrom, f.commTo), pid);
      }
    }
    this.events++;
    const key = cpu ?? -1;
    const last = this.waiting.get(key);
    this.keepStack(text);
    if (last !== undefined) last.whole = true;
    this.handOver();
    const w: Waiting = {
      op,
      pfn,
      val,
      count,
      ret: f.ret,
      cpu,
      task,
      // Twelve characters are copied by themselves.
      time: time.length > 12 ? flat(time) : time,
      line: this.line,
      stack: '',
      whole: false,
    };
    this.queue.push(w);
    this.waiting.set(key, w);
    // perf and bpftrace print the stack right below the event.
    this.begin(text, w);
    return true;
  }
}
