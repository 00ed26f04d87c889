/**
 * Every figure of the gallery against what is committed: the picture (docs/figures/NAME.svg, what docs/figures.md shows) and the data
 * (snapshots/NAME.json). `UPDATE=1 npm test -- views` writes both; look at the pictures before committing them.
 */
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import type { Figure } from '#src/views/index.js';
import { gallery } from './gallery.js';

const root = path.resolve(import.meta.dirname ?? '', '../../..');
const pictures = path.join(root, 'docs/figures');
const snapshots = path.join(root, 'test/views/snapshots');
const update = process.env.UPDATE === '1';

/** One line a trace, one a part of the layout: differences are readable, files stay short. */
function asJson({ plotly, text, table }: Figure): string {
  const lines = (o: object): string =>
    Object.entries(o)
      .map(([k, v]) =>
        Array.isArray(v)
          ? `${JSON.stringify(k)}: [\n${v.map(e => JSON.stringify(e)).join(',\n')}\n]`
          : `${JSON.stringify(k)}: ${JSON.stringify(v)}`,
      )
      .join(',\n');
  return `{\n${lines({ text, data: plotly.data, frames: plotly.frames ?? [] })},\n"layout": {\n${lines(plotly.layout)}\n},\n"table": {\n${lines(table)}\n}\n}\n`;
}

function same(file: string, made: string): void {
  if (update) {
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, made);
  }
  assert.ok(existsSync(file), `${file} is missing; make it with UPDATE=1 npm test -- views`);
  assert.ok(
    made === readFileSync(file, 'utf8'),
    `${file} differs; if the new figure is right: UPDATE=1 npm test -- views`,
  );
}

for (const [name, make] of Object.entries(gallery))
  test(`${name} is as committed, made twice the same`, () => {
    const figure = make();
    assert.deepEqual(make(), figure);
    assert.deepEqual(JSON.parse(asJson(figure)).data, JSON.parse(JSON.stringify(figure.plotly.data)));
    same(path.join(snapshots, `${name}.json`), asJson(figure));
    same(path.join(pictures, `${name}.svg`), figure.svg);
  });

test('no snapshot is left over, and docs/figures.md shows every figure', () => {
  const names = Object.keys(gallery).sort();
  assert.deepEqual(readdirSync(snapshots).sort(), names.map(n => `${n}.json`).sort());
  assert.deepEqual(readdirSync(pictures).sort(), names.map(n => `${n}.svg`).sort());
  const doc = readFileSync(path.join(root, 'docs/figures.md'), 'utf8');
  for (const n of names) assert.ok(doc.includes(`(figures/${n}.svg)`), `docs/figures.md does not show ${n}`);
});
