/** One physical line of a log -> its text without transport: quoting, dates, levels, caller ids, colours, odd spaces. */

import { unquote } from './containers.js';

export interface CleanLine {
  text: string;
  /** `T123` or `C1` where the kernel prints its caller (CONFIG_PRINTK_CALLER), else ''. */
  caller: string;
  /** Whether a log prefix stood before the text: such a line cannot be the rest of a wrapped one. */
  stamped: boolean;
}

const esc = String.fromCharCode(27);
const ansi = new RegExp(`${esc}\\[[0-9;?]*[A-Za-z]`, 'g');
const oddSpaces = /[\u00a0\u2000-\u200b\u202f\u205f\u3000\ufeff\ufffd\0]/g;
const entities: readonly [RegExp, string][] = [
  [/&gt;/g, '>'],
  [/&lt;/g, '<'],
  [/&nbsp;/g, ' '],
  [/&quot;/g, '"'],
  [/&amp;/g, '&'],
];

const quote = /^\s*(?:>+\s?|\|\s)+/;
const caller = /^\s*\[\s*([TC]\d+)\]/;
const prefixes: readonly RegExp[] = [
  /^\s*<\d{1,3}>/,
  /^\s*MESSAGE=/,
  /^\s*\[\s*\+?\d+\.\d+[^\]]{0,30}\]/,
  /^\s*\d+\.\d{3,9}\]/,
  /^\s*\[[^\]]{0,40}\d\d:\d\d:\d\d[^\]]{0,20}\]/,
  /^\s*\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d\S*\s/,
  /^\s*(?:\S+\s+)?kern\s*:\s*[a-z]+\s*:/,
  /^\s*[^\s\d[][^\s[]{1,8}\s+\d{1,2}\s+\d\d:\d\d:\d\d\s+(?:\S+\s+)?(?=\[)/,
  /^\s*\d\d:\d\d:\d\d(?:[.,]\d+)?\s/,
];
/** A reflowed quotation leaves the next line's date at the end of this one. */
const nextDate = /(?<=\S)\s+[A-Z][a-z]{2} +\d{1,2} \d\d:\d\d:\d\d \S+ kernel:\s*$/;
const printkStamp = /(?:<\d>)?\[\s*\d{1,9}\.\d{6}\]/g;

/** `host kernel:` of syslog and journald, whatever language the date before it is in; returns where the text starts. */
function afterKernelTag(text: string): number {
  const at = /(?:^|\s)(?:\S*\.)?kernel(?:\[\d+\])?:(?=\s|\[|$)/.exec(text.slice(0, 110));
  if (at === null) return 0;
  const before = text.slice(0, at.index);
  if (before.trim() !== '' && !/\d/.test(before)) return 0;
  return /BUG|page|flags/.test(before) ? 0 : at.index + at[0].length;
}

/** Everything that needs a second look before a line is plain: characters beyond ASCII, controls, entities. */
const unusual = /[^\x20-\x7e]|&/;

/** Odd characters become plain ones; the text keeps its length otherwise. */
export function plain(line: string): string {
  if (!unusual.test(line)) return line;
  let text = line;
  if (text.includes(esc)) text = text.replace(ansi, '');
  text = text.replace(oddSpaces, ' ');
  if (text.includes('&')) for (const [from, to] of entities) text = text.replace(from, to);
  return text;
}

/** `[ 12.345678][ T123] ` before a text that carries no further prefix: what nearly every line of a kernel log looks like. */
const usual = /^(?:<\d{1,3}>)?\[ *\d+\.\d{1,9}\](?:\[ *([TC]\d+)\])? +/;
const maybePrefix = /^(?:(?!\[<)[^A-Za-z(?]|[^\s\d[][^\s[]{1,8}\s+\d{1,2}\s|kern\s*:)|kernel/;
/** z/VM puts the number of the CPU before each line of the screen, also before the rest of a wrapped one. */
const zvm = /^\s*\d\d: (?=\S)/;
/** Extended netconsole and /dev/kmsg: `6.18.0,1,2000,26,-,caller=T1;`. */
const extended = /^\s*(?:\d+\.\d[^,;\s]*,)?\d+,\d+,\d+,[-c+](?:,[^;]*)?;/;

/** Removes every prefix that it knows, in any order. */
export function clean(line: string): CleanLine {
  const known = usual.exec(line);
  if (known !== null) {
    const text = line.slice(known[0].length).trim();
    if (!maybePrefix.test(text)) return { text, caller: known[1] ?? '', stamped: true };
  }
  return cleanSlowly(line);
}

function cleanSlowly(line: string): CleanLine {
  let text = line.replace(zvm, '');
  let who = '';
  let stamped = false;
  for (let round = 0; round < 12; round++) {
    const before = text;
    text = unquote(text.replace(quote, ''));
    const c = caller.exec(text);
    if (c !== null) {
      who = c[1] ?? '';
      stamped = true;
      text = text.slice(c[0].length);
    }
    const ext = extended.exec(text);
    if (ext !== null) {
      who = /[,;]caller=([TC]\d+)/.exec(ext[0])?.[1] ?? who;
      stamped = true;
      text = text.slice(ext[0].length);
    }
    for (const prefix of prefixes) {
      const m = prefix.exec(text);
      if (m === null) continue;
      stamped = true;
      text = text.slice(m[0].length);
      break;
    }
    const tag = afterKernelTag(text);
    if (tag > 0) {
      stamped = true;
      text = text.slice(tag);
    }
    if (text === before) break;
  }
  return { text: text.trim(), caller: who, stamped };
}

/** Cuts a physical line before each printk time in it: consoles glue records. */
export function unglueStamps(line: string): string[] {
  if (line.indexOf('[', 1) < 0) return [line];
  const cuts: number[] = [];
  for (const m of line.matchAll(printkStamp)) if (m.index > 0) cuts.push(m.index);
  if (cuts.length === 0) return [line];
  const parts: string[] = [];
  let from = 0;
  for (const cut of cuts) {
    parts.push(line.slice(from, cut));
    from = cut;
  }
  parts.push(line.slice(from));
  // A date before the printk time is a prefix of the same record, not a record of its own.
  return parts.map(p => p.replace(nextDate, '')).filter(p => clean(p).text !== '');
}

/** Starts of the records that a page report is made of. */
const recordStarts = [
  '(?<!\\S)(?:BUG: )?Bad page (?:state|map|cache) in process',
  '(?<![\\w"\'`-])page:(?=\\s?\\S* ?(?:refcount|count|flags):|\\S+ is uninitialized)',
  '(?<!because of )(?<![\\w>])(?:page |anon |ksm )?(?<!of )flags: 0x',
  '(?<!\\S)raw: [0-9a-f]{8}',
  '(?<!\\S)head:\\s?(?:[0-9a-f]{8}|order:)',
  '(?<!\\S)page dumped because:',
  '(?<!\\S)page_type: ',
  '(?<!\\S)page_owner tracks',
  '(?<!\\S)page last (?:allocated|free)',
  '(?<!\\S)bad because of flags',
  '(?<!\\S)Modules linked in:',
  '(?<!WARNING: |on )(?<!\\S)CPU: ?\\d+ (?:UID|PID|Comm)',
  '(?<!\\S)Pid: \\d+, comm:',
  '(?<!\\S)Hardware name:',
  '(?<!\\S)Call [Tt]race:',
  '(?<!\\S)addr:[0-9a-f]+ vm_flags',
  '(?<!\\S)file:\\S* fault:',
  '(?<!\\S)-{8,}\\[ cut here',
  '(?<!\\S)kernel BUG at',
  '(?<!\\S)(?:memcg|aops):',
].join('|');
const starts = new RegExp(recordStarts, 'g');
/** Something that a record starts with, behind a blank: without it nothing is glued. */
const gluable =
  /\s(?:B[Ua][Gd]|page[: _]|(?:page |anon |ksm )?flags: 0|raw: |head:|bad because|Modules l|CPU:|Pid: |Hardware n|Call [Tt]|addr:|file:|-{8}|kernel BUG|memcg:|aops:)/;
const oneStart = new RegExp(`^(?:${recordStarts})`);

/** Whether the text begins with something that a page report prints on a line of its own. */
export function startsRecord(text: string): boolean {
  return oneStart.test(text);
}

/** Cuts a cleaned text before each record that starts inside it. */
export function unglueRecords(text: string): string[] {
  if (!gluable.test(text)) return [text];
  const cuts: number[] = [];
  for (const m of text.matchAll(starts)) if (m.index > 0) cuts.push(m.index);
  if (cuts.length === 0) return [text];
  const parts: string[] = [];
  let from = 0;
  for (const cut of [...cuts, text.length]) {
    const part = text.slice(from, cut).trim();
    if (part !== '') parts.push(part);
    from = cut;
  }
  return parts;
}
