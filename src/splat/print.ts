/** A report as text for people. Colours repeat what the words say; without them nothing is lost. */
import type { Certainty, SplatReport } from './types.js';

export interface PrintOptions {
  /** Whether to use ANSI colours; off unless asked for. */
  colour?: boolean;
}

type Style = 'head' | 'label' | 'strong' | 'quiet' | Certainty;

const codes: Readonly<Record<Style, string>> = {
  head: '1;31',
  label: '36',
  strong: '1',
  quiet: '2',
  certain: '32',
  likely: '33',
  possible: '35',
  unknown: '2',
};
const esc = String.fromCharCode(27);

function painter(colour: boolean): (style: Style, text: string) => string {
  return (style, text) => (colour ? `${esc}[${codes[style]}m${text}${esc}[0m` : text);
}

const titles = {
  bad_page_state: 'Bad page state',
  bad_page_map: 'Bad page map',
  bad_page_cache: 'Bad page cache',
  dump_page: 'Page dump without a headline',
} as const;

function boundsText({ releaseBounds: b }: SplatReport): string | null {
  return b === null ? null : `${b.from ?? '…'} to ${b.until ?? '…'}`;
}

/** The rows of what was printed: a label, and its value in `facts` at the same place. */
const labels = [
  ...['page', 'refcount', 'mapcount', 'mapping', 'index', 'pte', 'pmd', 'address', 'vm_flags', 'order', 'pincount'],
  ...['head', 'file', 'flags', 'flag bits', 'node, zone', 'last cpupid', 'page type', 'reason', 'kernel', 'taint'],
  ...['release (by form)', 'page owner', 'hardware', 'layout'],
] as const;

function facts(r: SplatReport): (string | number | null)[] {
  const f = r.flags;
  return [
    r.page,
    r.refcount,
    r.mapcount,
    r.mapping,
    r.index,
    r.pte,
    r.pmd,
    r.vma?.addr ?? null,
    r.vma?.vmFlags ?? null,
    r.order,
    r.pincount,
    r.head === null
      ? null
      : Object.entries(r.head)
          .map(([k, v]) => `${k}:${v}`)
          .join(' '),
    r.vma?.file ?? null,
    f.value === null ? null : `${f.value} (${f.names === null ? 'no names printed' : f.names.join('|') || 'none'})`,
    r.flagBits === null ? null : r.flagBits.join(', ') || 'none',
    f.node === null && f.zone === null ? null : `${f.node ?? '-'}, ${f.zone ?? '-'}`,
    f.lastCpupid,
    r.pageType,
    r.reason,
    r.kernel,
    r.taint,
    boundsText(r),
    r.pageOwner,
    r.hardware,
    r.layout,
  ];
}

const blanks = ' '.repeat(80);
/** padEnd() for the short texts here, in a quarter of its time. */
const padded = (text: string, width: number): string => text + blanks.slice(0, Math.max(0, width - text.length));

/** One report, many lines, ends with a line feed. `number` counts the reports of a log from 1. */
export function formatReport(r: SplatReport, number: number, options: PrintOptions = {}): string {
  const paint = painter(options.colour ?? false);
  const who = r.process === null ? '' : ` in process ${r.process}`;
  const where = r.pfn === null ? '' : `, pfn ${r.pfn}`;
  const title = paint('head', `${number}. ${titles[r.kind]}${who}${where}`);
  // One text that grows: of a log with nothing but reports, an array of lines for each would be a third of all garbage.
  let out = `${title}${paint('quiet', `  (lines ${r.firstLine}-${r.lastLine})`)}\n`;
  const section = (name: string): void => {
    out += `\n  ${paint('strong', name)}\n`;
  };
  const c = r.conclusion;
  section('Conclusion');
  out += `    ${paint(c.certainty, `[${c.certainty}]`)} ${c.text}\n`;
  if (c.next.length > 0) {
    section('What to do next');
    for (const [i, step] of c.next.entries()) out += `    ${i + 1}. ${step}\n`;
  }
  const values = facts(r);
  section('What was printed');
  let width = 0;
  for (const [i, label] of labels.entries()) if (values[i] !== null) width = Math.max(width, label.length);
  for (const [i, label] of labels.entries())
    if (values[i] !== null) out += `    ${paint('label', padded(label, width))}  ${values[i]}\n`;
  if (r.check !== null) {
    section('Check that fired');
    out += `    ${r.check}\n`;
  }
  if (r.words.length > 0) {
    section('Raw words of struct page');
    let names = 0;
    for (const w of r.words) names = Math.max(names, (w.name ?? '?').length);
    for (const [i, w] of r.words.entries()) {
      const line = `    w${i} ${w.word}  ${paint('label', padded(w.name ?? '?', names))}  ${w.text}`;
      out += `${w.text === '' ? line.trimEnd() : line}\n`;
    }
  }
  if (r.findings.length > 0) {
    section('What it means');
    for (const f of r.findings) out += `    ${paint(f.certainty, `[${f.certainty}]`)} ${f.text}\n`;
  }
  if (r.trace.length > 0) {
    section('Call trace');
    out += `    ${r.trace.join(' < ')}\n`;
    for (const i of r.innocent) out += `    ${paint('quiet', `${i.function}: ${i.text}`)}\n`;
  }
  return out;
}
