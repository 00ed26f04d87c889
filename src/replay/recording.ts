/**
 * A recording as text: which of the shared formats it is, and its rows with their lines. Formats: cases as `{ rows: [{ case, step, who,
 * v6_1, v6_12 }] }` (golden.json), the same with one kernel's fields in each row (`{ kernel, rows }`), cases one row a line
 * (special-*.jsonl), sequences one row a line (sequences-*.jsonl). Bad text is refused whole: with the line, and what was expected.
 */
import { RECORDED_KERNELS, type RecordedKernel } from '../linux/index.js';
import type { RecordedPage, SequenceRow } from './sequence-compare.js';

/** The text is no recording, or not one that can be played. */
export class BadRecording extends Error {
  override name = 'BadRecording';
}

/** `sequences-6.1.192.jsonl: line 12, `: the file where it is known, and the line. */
export function placeOf(file: string | undefined, line: number): string {
  return `${file === undefined ? '' : `${file}: `}line ${line}, `;
}

/** A row of a case on one kernel. */
export interface CaseRow {
  readonly line: number;
  readonly case: string;
  readonly step: string;
  readonly who: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** A sequence, its rows in order. */
export interface RecordedSequence {
  readonly name: string;
  /** Of the file, for messages. */
  readonly file?: string;
  readonly rows: readonly SequenceRow[];
  /** The line of each row. */
  readonly lines: readonly number[];
  /** The recording program died in it: the wait status. */
  readonly died?: number;
}

export interface Recording {
  /** Of the file, for messages. */
  readonly name?: string;
  readonly of: 'cases' | 'sequences';
  readonly kernels: readonly RecordedKernel[];
  /** Per kernel, in recorded order. */
  readonly cases: Readonly<Partial<Record<RecordedKernel, readonly CaseRow[]>>>;
  readonly sequences: readonly RecordedSequence[];
}

type Json = Readonly<Record<string, unknown>>;
const isObject = (v: unknown): v is Json => typeof v === 'object' && v !== null && !Array.isArray(v);

/** Debian's names for these kernels, by what they begin with. */
const KERNEL_NAMES: readonly (readonly [RegExp, RecordedKernel])[] = [
  [/^6\.1\.192\b/, '6.1.192'],
  [/^6\.1\.0-5[67]\b/, '6.1.192'],
  [/^6\.12\.117\b/, '6.12.117'],
];

/** The kernel that a recording's name for it means. Errors: another kernel. */
export function kernelNamed(name: string, where: string): RecordedKernel {
  const found = KERNEL_NAMES.find(([pattern]) => pattern.test(name))?.[1];
  if (found !== undefined) return found;
  throw new BadRecording(`${where}: it is of kernel '${name}'; expected ${RECORDED_KERNELS.join(' or ')}`);
}

/** `special-6.1.192.jsonl`, `main-6.12.json`: the kernel that a file's name ends in; null: none. */
export function kernelInName(file: string): RecordedKernel | null {
  const ends = /(?<![\d.])(6\.1(?:\.192)?|6\.12(?:\.117)?)(?:-lab)?\.jsonl?$/.exec(file)?.[1];
  if (ends === undefined) return null;
  return ends.startsWith('6.12') ? '6.12.117' : '6.1.192';
}

/**
 * Reads a recording. `kernel`: of a text that does not say it. Errors: BadRecording with `name`, the line and what was expected.
 */
export function readRecording(text: string, name: string, kernel?: RecordedKernel): Recording {
  if (text.trim() === '') throw new BadRecording(`${name}: it is empty; expected rows of cases or sequences`);
  const lines = text.split('\n');
  const first = parsed(lines[0] ?? '');
  if (isObject(first) && ('s' in first || 'case' in first || 'timing' in first || 'end' in first))
    return readLines(lines, name, kernel ?? kernelInName(name));
  const whole = parsed(text);
  if (isObject(whole)) return readWhole(whole, text, name, kernel);
  if (whole !== undefined)
    throw new BadRecording(
      `${name}: it is ${Array.isArray(whole) ? 'a list' : String(whole)}; expected { rows: [ … ] }`,
    );
  if (text.startsWith('\uFEFF'))
    throw new BadRecording(`${name}:1: it begins with a byte order mark; expected { at the beginning`);
  const bad = lines.findIndex(l => l.trim() !== '' && parsed(l) === undefined);
  throw new BadRecording(
    text.trimStart().startsWith('{')
      ? `${name}:${lastLine(lines)}: the JSON ends too early; expected a whole { rows: [ … ] }: is the file cut?`
      : `${name}:${bad + 1}: this is not JSON; expected { rows: [ … ] }, or one row per line`,
  );
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function lastLine(lines: readonly string[]): number {
  return lines.length - (lines.at(-1) === '' ? 1 : 0);
}

/** golden.json, or a run of one kernel. */
function readWhole(whole: Json, text: string, name: string, kernel?: RecordedKernel): Recording {
  const { rows } = whole;
  if (!Array.isArray(rows)) throw new BadRecording(`${name}: it has no 'rows'; expected { rows: [ … ] }`);
  const lineOf = lineFinder(text);
  const both = isObject(whole.kernels);
  const one = both ? null : kernelOf(whole, name, kernel);
  if (rows.length === 0) throw new BadRecording(`${name}: 'rows' is empty; expected rows of cases`);
  const cases: Partial<Record<RecordedKernel, CaseRow[]>> = {};
  rows.forEach((row: unknown, i) => {
    const line = lineOf(i);
    if (!isObject(row)) throw new BadRecording(`${name}:${line}: row ${i} is no object; expected { case, step, … }`);
    if (one !== null) push(cases, one, caseRow(row, row, name, line));
    else {
      const v6_1 = ofKernel(row, 'v6_1', `${name}:${line}`);
      const v6_12 = ofKernel(row, 'v6_12', `${name}:${line}`);
      push(cases, '6.1.192', caseRow(row, v6_1, name, line));
      push(cases, '6.12.117', caseRow(row, { ...v6_1, ...v6_12 }, name, line));
    }
  });
  return { name, of: 'cases', kernels: one === null ? RECORDED_KERNELS : [one], cases, sequences: [] };
}

/** What was recorded on one of the two kernels; on 6.12 only what differs from 6.1. */
function ofKernel(row: Json, which: 'v6_1' | 'v6_12', where: string): Json {
  if (!('v6_1' in row) && !('v6_12' in row))
    throw new BadRecording(`${where}: a row without 'v6_1' and 'v6_12'; expected at least one of them`);
  const fields = which in row ? row[which] : {};
  if (isObject(fields)) return fields;
  throw new BadRecording(
    `${where}: '${which}' is ${JSON.stringify(fields)}; expected the fields of a page, as an object`,
  );
}

function kernelOf(whole: Json, name: string, kernel?: RecordedKernel): RecordedKernel {
  const found = kernel ?? (typeof whole.kernel === 'string' ? kernelNamed(whole.kernel, name) : kernelInName(name));
  if (found !== null) return found;
  throw new BadRecording(
    `${name}: it does not say its kernel; expected "kernel": "6.1.192", a name that ends in -6.1.192.json, or --kernel`,
  );
}

function push(cases: Partial<Record<RecordedKernel, CaseRow[]>>, kernel: RecordedKernel, row: CaseRow): void {
  cases[kernel] ??= [];
  cases[kernel].push(row);
}

/** The line on which the nth row begins: the nth `"case"` of the text. */
function lineFinder(text: string): (row: number) => number {
  const starts = [...text.matchAll(/"case"\s*:/g)].map(m => m.index);
  return row => text.slice(0, starts[row] ?? 0).split('\n').length;
}

function caseRow(row: Json, fields: Json, name: string, line: number): CaseRow {
  if (typeof row.case !== 'string' || typeof row.step !== 'string')
    throw new BadRecording(`${name}:${line}: a row without 'case' and 'step'; expected both, as text`);
  if ('who' in row && typeof row.who !== 'string')
    throw new BadRecording(`${name}:${line}: 'who' is ${JSON.stringify(row.who)}; expected text`);
  checkFields(fields, `${name}:${line}`);
  return { line, case: row.case, step: row.step, who: typeof row.who === 'string' ? row.who : '', fields };
}

const TEXTS = ['level', 'stack', 'zone', 'next', 'v', 'status'];
const TRUTHS = ['present', 'returned', 'samePfnAsTail'];
const NUMBERS =
  'pfn special devmap w ref folioRef mapcount folioMapcount pincount maybePinned reserved anon lru zero hugeZero zoneDevice head tail order ret errno exit signal zeroRef'.split(
    ' ',
  );

/** Each known field of a case's row is of its type: what is not could only differ, and would be taken for the kernel's word. */
function checkFields(fields: Json, where: string): void {
  for (const [field, value] of Object.entries(fields)) {
    if (['case', 'step', 'who', 'v6_1', 'v6_12'].includes(field) || value === null) continue;
    const expected = TEXTS.includes(field)
      ? 'string'
      : TRUTHS.includes(field)
        ? 'boolean'
        : field === 'releases'
          ? 'list'
          : NUMBERS.includes(field)
            ? 'number'
            : null;
    if (expected === null) continue;
    const is = Array.isArray(value) ? 'list' : typeof value;
    if (is === expected || (is === 'boolean' && expected === 'number')) continue;
    throw new BadRecording(`${where}: '${field}' is ${JSON.stringify(value)}; expected ${WORDS[expected]}`);
  }
}

const WORDS = { string: 'text', boolean: 'true or false', list: 'a list', number: 'a number' } as const;

/** One row a line. */
function readLines(lines: readonly string[], name: string, kernel: RecordedKernel | null): Recording {
  if (kernel === null)
    throw new BadRecording(
      `${name}: it does not say its kernel; expected a name that ends in -6.1.192.jsonl or -6.12.117.jsonl, or --kernel`,
    );
  const rows = lines.flatMap((text, i) => {
    if (text.trim() === '') return [];
    const row = parsed(text);
    const cut = i >= lines.length - 2 ? ': is the file cut?' : '';
    if (!isObject(row))
      throw new BadRecording(`${name}:${i + 1}: this line is not a JSON object; expected one row per line${cut}`);
    return [{ row, line: i + 1 }];
  });
  const ours = rows.filter(({ row }) => !('timing' in row) && !('end' in row));
  const [first] = ours;
  const of = first !== undefined && 's' in first.row ? 'sequences' : 'cases';
  for (const { row, line } of ours)
    if ('s' in row !== (of === 'sequences') || (of === 'cases' && !('case' in row)))
      throw new BadRecording(
        `${name}:${line}: a row of another format; the file began with ${of}: expected '${of === 'cases' ? 'case' : 's'}' in each row`,
      );
  const end = rows.find(({ row }) => 'end' in row);
  if (of === 'cases')
    return {
      name,
      of,
      kernels: [kernel],
      cases: { [kernel]: ours.map(({ row, line }) => caseRow(row, row, name, line)) },
      sequences: [],
    };
  const sequences = readSequences(ours, name);
  if (end !== undefined && end.row.end !== sequences.length)
    throw new BadRecording(
      `${name}:${end.line}: it says that ${String(end.row.end)} sequences were played, and has ${sequences.length}: is the file cut?`,
    );
  return { name, of, kernels: [kernel], cases: {}, sequences };
}

function readSequences(rows: readonly { row: Json; line: number }[], name: string): readonly RecordedSequence[] {
  const out: { name: string; file: string; rows: SequenceRow[]; lines: number[]; died?: number }[] = [];
  for (const { row, line } of rows) {
    const where = `${name}:${line}`;
    let last = out.at(-1);
    if (typeof row.s !== 'string') throw new BadRecording(`${where}: 's' is no text; expected a sequence's name`);
    if (last === undefined || last.name !== row.s) {
      if (out.some(s => s.name === row.s))
        throw new BadRecording(`${where}: sequence '${row.s}' goes on after another; expected its rows in one run`);
      last = { name: row.s, file: name, rows: [], lines: [] };
      out.push(last);
    }
    if (typeof row.died === 'number') {
      last.died = row.died;
      continue;
    }
    const checked = sequenceRow(row, where);
    if (checked.i !== last.rows.length)
      throw new BadRecording(
        `${where}: operation ${checked.i} of '${row.s}'; expected operation ${last.rows.length}: are rows missing?`,
      );
    last.rows.push(checked);
    last.lines.push(line);
  }
  return out;
}

const isPage = (v: unknown): v is RecordedPage =>
  Array.isArray(v) && v.length === 5 && v.every(n => Number.isInteger(n));
const isPages = (v: unknown): boolean => Array.isArray(v) && v.every(p => p === null || isPage(p));
const isReleases = (v: unknown): boolean =>
  Array.isArray(v) && v.every(r => Array.isArray(r) && r.length === 2 && r.every(n => Number.isInteger(n)));

/** What each field must be. */
const FIELDS: Readonly<Record<string, readonly [expected: string, is: (v: unknown) => boolean]>> = {
  i: ['a whole number from 0', v => Number.isInteger(v)],
  op: ['an operation, as text', v => typeof v === 'string'],
  ret: ['a whole number', v => Number.isInteger(v)],
  er: ['a whole number', v => Number.isInteger(v)],
  rel: ['null, or [pfn, count] for each release', v => v === null || isReleases(v)],
  z: ['a whole number', v => Number.isInteger(v)],
  p: ['two pages: null or [pfn, ref, mapcount, flags, level]', v => isPages(v) && (v as unknown[]).length === 2],
  c: ['null, or two pages', v => v === null || (isPages(v) && (v as unknown[]).length === 2)],
  h: ['a page or null for each gup', isPages],
};

function sequenceRow(row: Json, where: string): SequenceRow {
  for (const [field, [expected, is]] of Object.entries(FIELDS))
    if (!is(row[field]))
      throw new BadRecording(
        `${where}: '${field}' is ${field in row ? JSON.stringify(row[field]) : 'not there'}; expected ${expected}`,
      );
  const odd = Object.keys(row).find(f => f !== 's' && !(f in FIELDS));
  if (odd !== undefined)
    throw new BadRecording(`${where}: there is a field '${odd}'; expected only s, ${Object.keys(FIELDS).join(', ')}`);
  return row as unknown as SequenceRow;
}
