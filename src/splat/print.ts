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

function facts(r: SplatReport): [string, string][] {
  const f = r.flags;
  const rows: [string, string | number | null][] = [
    ['page', r.page],
    ['refcount', r.refcount],
    ['mapcount', r.mapcount],
    ['mapping', r.mapping],
    ['index', r.index],
    ['pte', r.pte],
    ['pmd', r.pmd],
    ['address', r.vma?.addr ?? null],
    ['vm_flags', r.vma?.vmFlags ?? null],
    ['order', r.order],
    ['pincount', r.pincount],
    [
      'head',
      r.head === null
        ? null
        : Object.entries(r.head)
            .map(([k, v]) => `${k}:${v}`)
            .join(' '),
    ],
    ['file', r.vma?.file ?? null],
    [
      'flags',
      f.value === null ? null : `${f.value} (${f.names === null ? 'no names printed' : f.names.join('|') || 'none'})`,
    ],
    ['flag bits', r.flagBits === null ? null : r.flagBits.join(', ') || 'none'],
    ['node, zone', f.node === null && f.zone === null ? null : `${f.node ?? '-'}, ${f.zone ?? '-'}`],
    ['last cpupid', f.lastCpupid],
    ['page type', r.pageType],
    ['reason', r.reason],
    ['kernel', r.kernel],
    ['taint', r.taint],
    ['release (by form)', boundsText(r)],
    ['page owner', r.pageOwner],
    ['hardware', r.hardware],
    ['layout', r.layout],
  ];
  const known: [string, string][] = [];
  for (const [k, v] of rows) if (v !== null) known.push([k, String(v)]);
  return known;
}

/** One report, many lines, ends with a line feed. `number` counts the reports of a log from 1. */
export function formatReport(r: SplatReport, number: number, options: PrintOptions = {}): string {
  const paint = painter(options.colour ?? false);
  const out: string[] = [];
  const who = r.process === null ? '' : ` in process ${r.process}`;
  const where = r.pfn === null ? '' : `, pfn ${r.pfn}`;
  out.push(
    paint('head', `${number}. ${titles[r.kind]}${who}${where}`) +
      paint('quiet', `  (lines ${r.firstLine}-${r.lastLine})`),
  );
  const c = r.conclusion;
  out.push('', `  ${paint('strong', 'Conclusion')}`, `    ${paint(c.certainty, `[${c.certainty}]`)} ${c.text}`);
  if (c.next.length > 0) {
    out.push('', `  ${paint('strong', 'What to do next')}`);
    c.next.forEach((step, i) => {
      out.push(`    ${i + 1}. ${step}`);
    });
  }
  const rows = facts(r);
  out.push('', `  ${paint('strong', 'What was printed')}`);
  const width = Math.max(0, ...rows.map(([k]) => k.length));
  for (const [k, v] of rows) out.push(`    ${paint('label', k.padEnd(width))}  ${v}`);
  if (r.check !== null) out.push('', `  ${paint('strong', 'Check that fired')}`, `    ${r.check}`);
  if (r.words.length > 0) {
    out.push('', `  ${paint('strong', 'Raw words of struct page')}`);
    const names = Math.max(...r.words.map(w => (w.name ?? '?').length));
    r.words.forEach((w, i) => {
      out.push(`    w${i} ${w.word}  ${paint('label', (w.name ?? '?').padEnd(names))}  ${w.text}`.trimEnd());
    });
  }
  if (r.findings.length > 0) {
    out.push('', `  ${paint('strong', 'What it means')}`);
    for (const f of r.findings) out.push(`    ${paint(f.certainty, `[${f.certainty}]`)} ${f.text}`);
  }
  if (r.trace.length > 0) {
    out.push('', `  ${paint('strong', 'Call trace')}`, `    ${r.trace.join(' < ')}`);
    for (const i of r.innocent) out.push(`    ${paint('quiet', `${i.function}: ${i.text}`)}`);
  }
  return `${out.join('\n')}\n`;
}
