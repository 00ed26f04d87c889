/** A report while its lines still come in: which records it can take, and how they fill its fields. */
import { emptyFields } from './empty-fields.js';
import type { SetKey, SplatRecord } from './record.js';
import { completePage, isSamePage } from './same-page.js';
import type { SplatFields, SplatFrame, SplatKind } from './types.js';

/** Limits that keep a report small, whatever the log says. */
const most = { frames: 256, words: 64, notes: 8 };

/** Where the report stands: its headline, its page dump, after the dump, after the CPU line, in its trace, done. */
export type Stage = 'head' | 'dump' | 'dumped' | 'cpu' | 'trace' | 'done';

export class Draft {
  readonly fields: SplatFields;
  stage: Stage;
  /** Whether the headline had a log prefix: then it is a log line, and no title or prose. */
  readonly stamped: boolean;
  /** Whether text stood around the headline. */
  loose = false;
  expectsBadFlags = false;
  /** Whether its page line came twice: then words may, too. */
  private copied = false;
  /** After a short or damaged line nobody knows which words the next one holds. */
  private rawClosed = false;
  private headClosed = false;
  private callerAtEnd = false;
  strayLetter: string | null = null;
  lines = 1;

  constructor(kind: SplatKind, line: number, stamped: boolean) {
    this.fields = emptyFields(kind, line);
    this.stage = kind === 'dump_page' ? 'dump' : 'head';
    this.stamped = stamped;
  }

  get hasPage(): boolean {
    const f = this.fields;
    return f.refcount !== null || f.mapcount !== null || f.notes.length > 0;
  }

  get hasDump(): boolean {
    const f = this.fields;
    return this.hasPage || f.flags.value !== null || f.rawWords !== null || f.reason !== null || f.head !== null;
  }

  /** A headline outside a log, without a page: a title or a sentence may look like it. */
  get isMention(): boolean {
    const f = this.fields;
    if (this.stamped || f.kind === 'dump_page') return false;
    return this.loose || (f.pfn === null && f.pte === null && f.page === null);
  }

  private get inDump(): boolean {
    return this.stage === 'head' || this.stage === 'dump';
  }

  /** Whether the trace so far is another report's: it came between this one's page and its flags. */
  private isCrossed(line: number): boolean {
    const f = this.fields;
    return this.stage === 'trace' && this.hasPage && f.cpu === null && f.reason === null && line - f.lastLine <= 3;
  }

  /** Whether the record can be this report's. */
  wants(r: SplatRecord, line: number): boolean {
    const f = this.fields;
    // Prose may go on with other lines that look like a report's: only a page makes it one.
    if (this.loose && this.isMention && !this.hasPage && r.is !== 'page') return false;
    switch (r.is) {
      case 'page': {
        if (this.isMention && (line - f.firstLine > 3 || r.inside)) return false;
        if (!this.inDump || f.refcount !== null || f.mapcount !== null || f.rawWords !== null) return false;
        const pfn = r.pairs.pfn;
        if (pfn !== undefined && f.pfn !== null && Number.parseInt(pfn, 16) !== Number.parseInt(f.pfn, 16))
          return false;
        return f.kind === 'dump_page' ? f.flags.value === null && f.notes.length === 0 : true;
      }
      case 'flags':
        if (this.expectsBadFlags) return true;
        return (
          f.flags.value === null &&
          f.rawWords === null &&
          (this.inDump || this.stage === 'dumped' || this.isCrossed(line))
        );
      case 'raw':
        return this.inDump && (f.rawWords?.length ?? 0) < 16 && f.reason === null;
      case 'headWords':
      case 'head':
      case 'note':
        return this.inDump;
      case 'reason':
        return this.inDump && f.reason === null;
      case 'badFlags':
        return f.badFlags === null && this.stage !== 'trace' && this.stage !== 'done';
      case 'anon':
        return this.inDump && f.flags.value === null;
      case 'addr':
        if ((f.kind !== 'bad_page_map' && f.reason !== 'bad pte') || this.stage === 'done' || this.stage === 'trace')
          return false;
        return r.pairs.addr === undefined ? (f.vma?.file ?? null) === null : f.vma === null;
      case 'tables':
        return f.kind === 'bad_page_map' && this.stage !== 'done' && this.stage !== 'trace' && f.pmd === null;
      case 'cpu':
        if (f.kind === 'dump_page' && line - f.lastLine > 120) return false;
        return (
          f.cpu === null && f.kernel === null && f.taint === null && this.stage !== 'done' && this.sameTask(r.comm)
        );
      case 'traceStart':
        return (
          this.stage === 'cpu' ||
          this.stage === 'head' ||
          (this.stage === 'trace' && f.frames.length === 0) ||
          ((this.stage === 'dumped' || this.stage === 'dump') && f.frames.length === 0)
        );
      case 'set':
        return this.wantsKey(r.key);
      default:
        return false;
    }
  }

  private wantsKey(key: SetKey): boolean {
    const f = this.fields;
    if (this.stage === 'done' || f[key] !== null) return false;
    if (key === 'pageType' || key === 'aops') return this.inDump;
    if (key === 'memcg') return this.inDump || this.stage === 'dumped';
    if (key === 'hardware') return this.stage === 'cpu';
    if (key === 'pageOwner') return this.stage === 'dumped';
    return this.stage !== 'head' && f.kind === 'dump_page' && this.stage !== 'trace';
  }

  /** The kernel prints the same name in the headline and in the CPU line. */
  private sameTask(comm: string | null): boolean {
    const process = this.fields.process;
    if (process === null || process === '' || comm === null || comm === '') return true;
    // Mailers and reflowed texts put blanks into a name.
    const a = process.replace(/\s+/g, '');
    const b = comm.replace(/\s+/g, '');
    return a === b || a.startsWith(b) || b.startsWith(a);
  }

  /** Whether a page line is the one that this report has, written twice; takes what that one lacks. */
  takeCopy(r: Extract<SplatRecord, { is: 'page' }>, line: number): boolean {
    if (this.stage !== 'dump' || line - this.fields.lastLine > 8 || !isSamePage(this.fields, r)) return false;
    completePage(this.fields, r);
    this.copied = true;
    return true;
  }

  /** A mail's or an issue's title repeats the headline that follows it. */
  sameHeader(r: Extract<SplatRecord, { is: 'header' }>): boolean {
    if (this.fields.kind !== r.kind) return false;
    if (r.pfn !== null && this.fields.pfn !== null) return r.pfn === this.fields.pfn;
    if (this.fields.pte !== null && r.tables.pte !== undefined) return this.fields.pte === r.tables.pte;
    return this.fields.pfn === null && this.fields.pte === null;
  }

  /** Two ways of logging that end in one file write a line twice. */
  sameLine(r: Extract<SplatRecord, { is: 'header' }>, line: number): boolean {
    return (
      line - this.fields.firstLine <= 1 &&
      this.fields.process === r.process &&
      (r.pfn !== null || r.tables.pte !== undefined)
    );
  }

  take(r: SplatRecord, line: number): void {
    const f = this.fields;
    f.lastLine = Math.max(f.lastLine, line);
    switch (r.is) {
      case 'page':
        this.takePage(r);
        break;
      case 'flags':
        if (this.expectsBadFlags) {
          f.badFlags = { value: r.flags.value ?? '0x0', names: r.flags.names };
          this.expectsBadFlags = false;
          break;
        }
        f.flags = { ...r.flags, type: r.flags.type ?? f.flags.type };
        if (this.isCrossed(line)) f.frames.length = 0;
        if (this.stage !== 'dumped') this.stage = 'dump';
        break;
      case 'raw':
        if (this.copied && f.rawWords?.join(' ').includes(r.words.join(' '))) break;
        if (!this.rawClosed) f.rawWords = [...(f.rawWords ?? []), ...r.words].slice(0, most.words);
        this.rawClosed ||= !r.full;
        this.stage = 'dump';
        break;
      case 'headWords':
        if (!this.headClosed) f.headWords = [...(f.headWords ?? []), ...r.words].slice(0, most.words);
        this.headClosed ||= !r.full;
        break;
      case 'head':
        f.head = { ...f.head, ...r.pairs };
        if (r.pairs.order !== undefined) f.order = Number(r.pairs.order);
        if (r.pairs.pincount !== undefined) f.pincount = Number(r.pairs.pincount);
        else if (r.pairs.compound_pincount !== undefined) f.pincount = Number(r.pairs.compound_pincount);
        this.stage = 'dump';
        break;
      case 'note':
        if (f.notes.length < most.notes) f.notes.push(r.text);
        break;
      case 'reason':
        f.reason = this.withoutStray(r.reason);
        this.stage = 'dumped';
        break;
      case 'badFlags':
        if (r.value === null) this.expectsBadFlags = true;
        else f.badFlags = { value: r.value, names: r.names };
        break;
      case 'anon':
        f.flags.type = 'anon';
        break;
      case 'addr':
        this.takeAddr(r.pairs);
        break;
      case 'tables':
        f.pte ??= r.tables.pte ?? null;
        f.pmd ??= r.tables.pmd ?? null;
        break;
      case 'cpu':
        f.cpu = r.cpu;
        f.pid = r.pid;
        f.comm = r.comm;
        f.taint = r.taint;
        f.kernel = r.kernel;
        if (r.kernel !== null) f.kernelFrom = 'report';
        // Before 2.6.30 the line stands below "Backtrace:".
        if (this.stage !== 'trace') this.stage = 'cpu';
        break;
      case 'set':
        f[r.key] = this.withoutStray(r.value);
        break;
      case 'traceStart':
        this.stage = 'trace';
        break;
      default:
    }
  }

  /** Of a line that names a function and its caller: the caller stays only if the next line does not begin with it. */
  addPair([callee, caller]: readonly [SplatFrame, SplatFrame | null], line: number): void {
    const { frames } = this.fields;
    if (this.callerAtEnd && frames.at(-1)?.function === callee.function) frames.pop();
    this.addFrame(callee, line);
    if (caller !== null) this.addFrame(caller, line);
    this.callerAtEnd = caller !== null;
  }

  addFrame(frame: SplatFrame, line: number): void {
    this.callerAtEnd = false;
    this.stage = 'trace';
    this.fields.lastLine = Math.max(this.fields.lastLine, line);
    if (this.fields.frames.length < most.frames) this.fields.frames.push(frame);
  }

  /** A transport that puts one letter behind every line shows in the raw words, where no such letter can stand. */
  private withoutStray(text: string): string {
    const stray = this.strayLetter;
    return stray !== null && text.endsWith(stray) ? text.slice(0, -1).trim() : text;
  }

  private takePage(r: { page: string | null; pairs: Record<string, string>; note: string | null }): void {
    const f = this.fields;
    f.page ??= r.page;
    if (r.note !== null) f.notes.push(r.note);
    const number = (key: string): number | null => (r.pairs[key] === undefined ? null : Number(r.pairs[key]));
    f.refcount = number('refcount');
    f.countWord = f.refcount === null ? null : r.pairs.old_count === undefined ? 'refcount' : 'count';
    f.mapcount = number('mapcount');
    f.mapping = r.pairs.mapping ?? null;
    f.index = r.pairs.index ?? null;
    f.pfn ??= r.pairs.pfn ?? null;
    f.memcg ??= r.pairs.memcg ?? null;
    const flags = r.pairs.flags;
    if (flags !== undefined) f.flags.value = /^(?:0x|\()/.test(flags) ? flags.replace('(null)', '0x0') : `0x${flags}`;
    const compound = number('compound_mapcount');
    if (compound !== null) f.head = { ...f.head, compound_mapcount: String(compound) };
    if (this.stage === 'head') this.stage = 'dump';
  }

  private takeAddr(pairs: Record<string, string>): void {
    const f = this.fields;
    const v = f.vma;
    f.vma = {
      addr: v?.addr ?? pairs.addr ?? null,
      vmFlags: v?.vmFlags ?? pairs.vm_flags ?? null,
      anonVma: v?.anonVma ?? pairs.anon_vma ?? null,
      mapping: v?.mapping ?? pairs.mapping ?? null,
      index: v?.index ?? pairs.index ?? null,
      file: v?.file ?? pairs.file ?? null,
      fault: v?.fault ?? pairs.fault ?? null,
      mmap: v?.mmap ?? pairs.mmap ?? null,
    };
    if (this.stage === 'head' || this.stage === 'dump') this.stage = 'dumped';
  }
}
