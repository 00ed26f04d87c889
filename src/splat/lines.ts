/** One physical line of a log -> its text without transport: quoting, dates, levels, caller ids, colours, odd spaces. */

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
  /^\s*\d+,\d+,\d+,[-c+][^;]*;/,
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

/** Odd characters become plain ones; the text keeps its length otherwise. */
export function plain(line: string): string {
  let text = line;
  if (text.includes(esc)) text = text.replace(ansi, '');
  text = text.replace(oddSpaces, ' ');
  if (text.includes('&')) for (const [from, to] of entities) text = text.replace(from, to);
  return text;
}

/** Removes every prefix that it knows, in any order. */
export function clean(line: string): CleanLine {
  let text = line;
  let who = '';
  let stamped = false;
  for (let round = 0; round < 12; round++) {
    const before = text;
    text = text.replace(quote, '');
    const c = caller.exec(text);
    if (c !== null) {
      who = c[1] ?? '';
      stamped = true;
      text = text.slice(c[0].length);
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
  '(?<![\\w-])page:(?=\\s?\\S* ?(?:refcount|count|flags):|\\S+ is uninitialized)',
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
const oneStart = new RegExp(`^(?:${recordStarts})`);

/** Whether the text begins with something that a page report prints on a line of its own. */
export function startsRecord(text: string): boolean {
  return oneStart.test(text);
}

/** Cuts a cleaned text before each record that starts inside it. */
export function unglueRecords(text: string): string[] {
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
