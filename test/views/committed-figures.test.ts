/** The figures as the notebooks have them: what the opening one tells by itself, holders, sizes, and the one for a telephone. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { projectRoot } from '#src/jupyter/project-root.js';
import { classOf } from '#src/views/holders.js';
import { drawSvg, HOLDERS, looksFor } from '#src/views/index.js';
import { linesIn, overlaps } from './svg-checks.js';

interface Stored {
  readonly data: readonly Trace[];
  readonly layout: { readonly width: number; readonly height: number; readonly sliders?: readonly object[] };
  readonly narrow?: Stored;
  readonly table?: { readonly rows: readonly unknown[] };
}
interface Trace {
  readonly name?: string;
  readonly legendgroup?: string;
  readonly marker?: { readonly color?: unknown; readonly pattern?: { readonly shape: string } };
  readonly hoverinfo?: string;
  readonly mode?: string;
  readonly hovertemplate?: string;
}
interface One {
  readonly cell: string;
  readonly plotly: Stored;
  readonly svg: string;
  readonly text: string;
}

const MIME = 'application/vnd.plotly.v1+json';
const folder = path.join(projectRoot, 'notebooks');
const lines = (v: unknown): string => (Array.isArray(v) ? v.join('') : String(v ?? ''));

function figuresOf(name: string): readonly One[] {
  const { cells } = JSON.parse(readFileSync(path.join(folder, name), 'utf8'));
  return cells.flatMap((c: { id: string; outputs?: readonly { data?: Record<string, unknown> }[] }) =>
    (c.outputs ?? []).flatMap(({ data }) =>
      data?.[MIME] === undefined
        ? []
        : [
            {
              cell: `${name.slice(0, 2)} ${c.id}`,
              plotly: data[MIME],
              svg: lines(data['image/svg+xml']),
              text: lines(data['text/plain']),
            },
          ],
    ),
  );
}
const names = readdirSync(folder).filter(n => n.endsWith('.ipynb'));
const all = names.map(figuresOf);

/** What a reader reads off each opening figure in five seconds: the event, its step, who did it. */
const TOLD: readonly RegExp[] = [
  /^Step 5, task zap_pte_range\(\): rightly freed/,
  /^Step 6, vcpu\[0\] kvm_release_pfn_clean\(\): reference lost/,
  /^Step 6, vcpu\[0\] kvm_release_pfn_clean\(\): freed under its owner/,
  /^Step 278, gup\[0\] while_rc\(\): never ends/,
  /^Step 6, vcpu kvm_release_pfn_clean\(\): freed under its owner/,
  /^Step 10, vcpu kvm_release_pfn_clean\(\): overdraft: gup holds nothing/,
  /^Step 4, vcpu\[0\] kvm_release_pfn_clean\(\): freed under its owner/,
];

test('the opening figure of each notebook says event, step and culprit, in the picture and first in its sentence', () => {
  assert.equal(all.length, TOLD.length);
  for (const [i, [opening]] of all.entries()) {
    assert.ok(opening !== undefined);
    assert.match(opening.text, TOLD[i] as RegExp, opening.cell);
    const [, step, function_, word] = /[Ss]tep (\d+),? \S+ (\w+)\(\): (?:\S )?([\w ]+)/.exec(opening.text) ?? [];
    const words = opening.svg.replaceAll(/<[^>]*>/g, ' ').replaceAll(/\s+/g, ' ');
    for (const part of [step, function_, ...(word ?? '').split(' ')])
      assert.ok(part !== undefined && words.includes(part), `${opening.cell}: '${part}' stands in the picture`);
  }
});

test('a holder has its colour and pattern in every committed figure', () => {
  const says = new Map(Object.entries(HOLDERS).map(([name, look]) => [look.says, name]));
  let seen = 0;
  for (const { cell, plotly } of all.flat())
    for (const t of [...plotly.data, ...(plotly.narrow?.data ?? [])]) {
      const holder = says.get(t.name ?? '') ?? t.name ?? '';
      if (t.legendgroup === undefined || !Object.hasOwn(HOLDERS, classOf(holder))) continue;
      const look = looksFor([holder]).get(holder);
      assert.equal(t.marker?.color, look?.pale, `${cell}: the colour of ${holder}`);
      assert.equal(t.marker?.pattern?.shape ?? '', look?.pattern, `${cell}: the pattern of ${holder}`);
      seen++;
    }
  assert.ok(seen > 100, `${seen} holders found`);
});

test('words are 12 pixels tall or more; no figure is taller than a page but one that is stepped through', () => {
  for (const { cell, plotly, svg } of all.flat()) {
    for (const [, size] of svg.matchAll(/<text font-size="([\d.]+)"/g))
      assert.ok(Number(size) >= 12, `${cell}: ${size}`);
    const { height, sliders } = plotly.layout;
    assert.ok(height <= (sliders === undefined ? 720 : 760), `${cell} is ${height} pixels tall`);
  }
});

test('every figure has a table and one for a telephone, but flag bits, which stay a word of 32', () => {
  for (const { cell, plotly } of all.flat()) {
    assert.ok((plotly.table?.rows.length ?? 0) > 0, `${cell} has no table`);
    if (cell === '05 flags-figure') continue;
    const { narrow } = plotly;
    assert.ok(narrow !== undefined && narrow.layout.width <= 350, `${cell} is ${narrow?.layout.width} pixels wide`);
    const svg = drawSvg(narrow as never, 'On a telephone.');
    assert.deepEqual(overlaps(svg), [], cell);
    const right = Math.max(...linesIn(svg).map(l => l.box[2]));
    assert.ok(right <= narrow.layout.width + 2, `${cell}: a word ends at ${right}`);
  }
});

test('every mark tells the pointer something, but words and the veil over steps to come', () => {
  for (const { cell, plotly } of all.flat())
    for (const t of plotly.data)
      assert.ok(
        t.hovertemplate !== undefined || t.mode === 'text' || t.mode === 'lines',
        `${cell}: ${t.name ?? 'a mark'} is silent`,
      );
});
