/** The ledger as text: totals by holder, who still holds, pairs that do not match, the score of a page. */
import { pfnText } from './event.js';
import { ownFunctions } from './holders.js';
import type { PageLedger } from './ledger.js';
import { BEFORE, type Life, type Pair, type ScoreRow } from './lives.js';
import type { TraceReader } from './parse.js';

const plural = (n: number, one: string): string => `${n.toLocaleString('en')} ${one}${n === 1 ? '' : 's'}`;

/** Lines up columns: numbers to the right, words to the left. */
function columns(rows: readonly (readonly string[])[], right: readonly boolean[]): string[] {
  const width = right.map((_, i) => Math.max(...rows.map(r => (r[i] ?? '').length)));
  return rows.map(r =>
    `  ${r.map((c, i) => (right[i] ? c.padStart(width[i] ?? 0) : c.padEnd(width[i] ?? 0))).join('  ')}`.trimEnd(),
  );
}

/** Pages with references that somebody took in the trace and has not given back, the most first. */
export function holding(ledger: PageLedger): Life[] {
  const owed = (l: Life): number => l.holders.reduce((n, x) => n + (x.name === BEFORE ? 0 : Math.max(0, x.balance)), 0);
  return [...ledger.lives.values()]
    .filter(l => owed(l) > 0)
    .sort((a, b) => owed(b) - owed(a) || a.firstLine - b.firstLine);
}

/** A holder, and whose functions took what it still holds. */
export interface Taker {
  readonly holder: string;
  /** Innermost first, without gup and what only carries out the change; empty where the trace has no stacks. */
  readonly functions: readonly string[];
  readonly pages: number;
}

/** Who took what is still held: where to look for a leak. The most pages first. */
export function takersOf(held: readonly Life[]): Taker[] {
  const all = new Map<string, { holder: string; functions: readonly string[]; pages: number }>();
  for (const life of held)
    for (const { name: holder, balance, functions: taken } of life.holders) {
      if (holder === BEFORE || balance <= 0) continue;
      const functions = ownFunctions(taken).slice(0, 2);
      const key = `${holder} ${functions.join(' ')}`;
      const one = all.get(key) ?? { holder, functions, pages: 0 };
      one.pages++;
      all.set(key, one);
    }
  return [...all.values()].sort((a, b) => b.pages - a.pages);
}

export function pairsOf(ledger: PageLedger): Pair[] {
  return [...ledger.pairs.values()].sort((a, b) => b.times - a.times);
}

function lifeText(life: Life): string[] {
  const out = [`  ${pfnText(life.pfn)}, life ${life.life}: ${plural(life.changes, 'change')}, count ${life.count}`];
  for (const x of life.holders) {
    const { name } = x;
    if (x.balance === 0) continue;
    if (name === BEFORE) {
      out.push(`    ${x.balance} from before the trace`);
      continue;
    }
    const when = x.line === 0 ? '' : `; the last in line ${x.line}${x.task === '' ? '' : ` by ${x.task}`}`;
    const what = x.balance < 0 ? `gave back ${-x.balance} that it did not hold` : `holds ${x.balance}`;
    out.push(`    ${name} ${what} (took ${x.took}, gave back ${x.gaveBack}${when})`);
    if (x.functions.length > 0) out.push(`      ${x.functions.slice(0, 8).join(' < ')}`);
  }
  return out;
}

const letterOf = (i: number): string => String.fromCharCode(65 + (i % 26));

/** The score: a row a change, with a letter a reference for each holder. */
export function scoreText(pfn: string, rows: readonly ScoreRow[]): string[] {
  const names = [...new Set(rows.flatMap(r => Object.keys(r.holds)))].sort(
    (a, b) => Number(b === BEFORE) - Number(a === BEFORE),
  );
  const letters = new Map(names.map((n, i) => [n, n === BEFORE ? '.' : letterOf(names[0] === BEFORE ? i - 1 : i)]));
  const bar = (r: ScoreRow): string =>
    Object.entries(r.holds)
      .map(([name, n]) => {
        const letter = letters.get(name) ?? '?';
        // A pin counts 1,024: drawn as one reference with its number.
        return n < 0 ? `-${letter}${-n}` : n > 12 ? `${letter}×${n}` : letter.repeat(n);
      })
      .join(' ');
  const table = rows.map(r => [
    ...[`${r.line}`, r.time, r.cpu === null ? '' : `cpu ${r.cpu}`, r.task],
    ...[`${r.change > 0 ? '+' : ''}${r.change}`, `${r.count}`, r.holder, bar(r)],
  ]);
  const head = ['line', 'time', 'cpu', 'task', 'change', 'count', 'holder', 'held by'];
  return [
    `Score of ${pfn}`,
    ...columns([head, ...table], [true, true, false, false, true, true, false, false]),
    `  ${[...letters].map(([n, l]) => `${l} ${n}`).join(', ')}`,
  ];
}

export interface TextOptions {
  /** How many pages and pairs to show. */
  top: number;
}

/** The whole report, ends with a line feed. */
export function ledgerText(ledger: PageLedger, reader: TraceReader, options: TextOptions): string {
  const out = [
    `${plural(reader.events, 'change')} of ${plural(ledger.begun, 'lifetime')} in ${plural(reader.line, 'line')}; ${ledger.ended.toLocaleString('en')} ended within the trace`,
  ];
  if (ledger.withStack < reader.events)
    out.push(
      `${plural(reader.events - ledger.withStack, 'change')} without a stack, put down to the task: nothing tells the holder`,
    );
  if (reader.lost > 0)
    out.push(`the trace lost ${plural(reader.lost, 'event')}: counts and holders after that may be off`);
  if (ledger.dropped > 0)
    out.push(`${plural(ledger.dropped, 'quiet page')} forgotten: more pages than are followed at once`);
  const totals = [...ledger.totals.values()].sort(
    (a, b) => Math.abs(b.holds) - Math.abs(a.holds) || b.took - a.took || a.name.localeCompare(b.name),
  );
  out.push('', 'Holders');
  const number = (n: number): string => n.toLocaleString('en');
  const rows = totals.map(t => [t.name, number(t.took), number(t.gaveBack), number(t.holds), number(t.pages)]);
  out.push(
    ...columns(
      [['holder', 'took', 'gave back', 'holds at the end', 'pages'], ...rows],
      [false, true, true, true, true],
    ),
  );
  const held = holding(ledger);
  out.push(
    '',
    held.length === 0
      ? 'Nobody holds a reference that was taken in the trace.'
      : `Still held (${plural(held.length, 'page')})`,
  );
  const takers = takersOf(held).slice(0, options.top);
  if (takers.some(t => t.functions.length > 0)) {
    const by = ({ holder, functions }: Taker): string =>
      functions.join(' < ') === holder ? '' : functions.join(' < ');
    const lines = takers.map(t => [number(t.pages), t.holder, by(t)]);
    out.push(...columns([['pages', 'holder', 'taken by'], ...lines], [true, false, false]));
  }
  for (const life of held.slice(0, options.top)) out.push(...lifeText(life));
  if (held.length > options.top)
    out.push(`  … and ${plural(held.length - options.top, 'page')} more: --top ${held.length}`);
  const pairs = pairsOf(ledger);
  if (pairs.length > 0) {
    out.push('', 'Taken under one name, given back under another (in lifetimes that ended)');
    const shown = pairs.slice(0, options.top);
    const lines = shown.map(p => [
      number(p.times),
      p.taken,
      p.givenBack,
      `such as ${p.example.pfn}, life ${p.example.life}`,
    ]);
    out.push(...columns([['times', 'taken by', 'given back by', ''], ...lines], [true, false, false, false]));
  }
  for (const [pfn, rows_] of ledger.scores) out.push('', ...scoreText(pfn, rows_));
  return `${out.join('\n')}\n`;
}
