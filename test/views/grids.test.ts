/** Grids of words: on a page and on a telephone, no small and no turned words, every cell once; and the runs behind cells. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { contracts, tracking, zeroPfn, zoneDevice } from '#src/stories/all.js';
import { drawSvg, type Figure, releaseMatrix, scoreOf, truthTable } from '#src/views/index.js';
import { cve } from './gallery.js';
import { assertSound, overlaps } from './svg-checks.js';

const grids: Readonly<Record<string, () => Figure>> = {
  history: () => contracts.matrixFigure(undefined, '6.12.117'),
  policies: () => contracts.policyMatrix({ yours: () => 'retry' }),
  leaks: () => zoneDevice.leakMatrix(['4.8', '5.3', '5.4-rc8', '6.13']),
  corners: () =>
    releaseMatrix(zeroPfn.outcomeGrid(['5.10', '5.13', '5.19-rc2', '5.19', '6.0-rc1', '6.1', '6.14', '6.16', '7.2'])),
  many: () =>
    truthTable({ rows: ['r'], columns: Array.from({ length: 30 }, (_, i) => `column ${i}`), cell: () => 'a word' }),
};

interface Heat {
  readonly x: readonly string[];
  readonly y: readonly string[];
  readonly text: readonly (readonly string[])[];
}

for (const [name, make] of Object.entries(grids))
  test(`${name}: every cell once, words level and 12 pixels tall, at 800 and at 390`, () => {
    const figure = make();
    const narrow = figure.narrow;
    assert.ok(narrow !== undefined && Number(narrow.layout.width) <= 350);
    const columns = figure.table.columns.slice(1);
    for (const plotly of [figure.plotly, narrow]) {
      const svg = drawSvg(plotly, figure.text);
      assertSound({ ...figure, plotly, svg });
      assert.deepEqual(overlaps(svg), []);
      assert.doesNotMatch(svg, /rotate\(/);
      for (const [, size] of svg.matchAll(/<text font-size="([\d.]+)"/g)) assert.ok(Number(size) >= 12);
      const parts = plotly.data as unknown as readonly Heat[];
      assert.deepEqual(
        parts.flatMap(p => p.x),
        columns,
      );
      for (const part of parts) assert.equal(part.text.length, figure.table.rows.length);
      if (plotly === figure.plotly && name !== 'many')
        assert.ok(Number(plotly.layout.height) <= 720, `${name}: ${plotly.layout.height}`);
    }
  });

test('a sign on the cells is explained below them', () => {
  assert.match(contracts.matrixFigure(undefined, '6.12.117').svg, /✓: a recorded kernel did the same/);
  assert.doesNotMatch(contracts.matrixFigure(undefined, '4.8').svg, /✓/);
});

test('a cell has its run: the pointer is told the steps, and it is drawn from the figure alone', () => {
  const trace = cve();
  const at = { text: 'freed', tone: 'bad', run: trace } as const;
  const figure = truthTable({
    rows: ['one', 'two'],
    columns: ['a', 'b'],
    cell: (r, c) => (r === 'one' || c === 'a' ? at : 'no'),
  });
  assert.deepEqual(figure.runs?.of, [
    [0, 0],
    [0, null],
  ]);
  assert.equal(figure.runs?.music.length, 1, 'once, however many cells have it');
  const hover = String((figure.plotly.data[0] as { customdata: string[][] }).customdata[0]?.[0]);
  assert.match(hover, /6 vcpu\[0\]: kvm_release_pfn_clean\(\)/);
  const music = JSON.parse(JSON.stringify(figure.runs?.music[0]));
  for (const narrow of [false, true]) {
    const drawn = scoreOf({ ...music, title: 'one, a: freed' }, narrow);
    assertSound(drawn);
    assert.match(drawn.svg, /freed under its/);
    assert.match(drawn.text, /^Step 6, vcpu\[0\] kvm_release_pfn_clean\(\): freed under its owner/);
  }
  assert.ok(JSON.stringify(figure.runs).length < 12_000, 'a run is small');
});

test('every red cell of the matrices has a run, and it goes wrong', () => {
  const red = (figure: Figure, words: RegExp): void => {
    for (const [r, row] of figure.table.rows.entries())
      for (const [k, word] of row.slice(1).entries()) {
        if (!words.test(String(word))) continue;
        const music = figure.runs?.music[figure.runs.of[r]?.[k] ?? -1];
        const bad = music?.rows.some(x => x.marks.some(m => m.tone === 'bad'));
        assert.ok(bad, `${row[0]}, ${figure.table.columns[k + 1]}: ${word}`);
      }
  };
  red(contracts.matrixFigure(undefined, '4.8'), /freed|underflow|leak|hang/);
  red(
    releaseMatrix({
      kinds: ['TTM tail', 'zero page', 'THP tail'],
      releases: ['5.3', '6.13'],
      cell: tracking.referenceCell,
    }),
    /freed|leak/,
  );
  red(zoneDevice.leakMatrix(['5.3', '5.4-rc8']), /leak/);
});
