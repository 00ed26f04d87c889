/** The palettes: whatever is written can be read on whatever it is written on, as WCAG 2 AA wants it. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { root } from './serve.js';

const style = (file: string): Map<string, string> => {
  const css = readFileSync(path.join(root, 'src', 'app', 'page', 'style', file), 'utf8');
  return new Map(
    [...css.matchAll(/--([\w-]+):\s*(#[0-9a-f]{6});/g)].map(([, name = '', colour = '']) => [name, colour]),
  );
};

const INKS = ['pp-ink', 'pp-quiet', 'pp-blue', 'pp-orange', 'pp-green'];
const PAPERS = ['pp-paper', 'pp-shade', 'pp-blue-pale', 'pp-orange-pale', 'pp-green-pale', 'pp-code'];
const AA = 4.5;

function contrast(a: string, b: string): number {
  const light = (colour: string): number => {
    const parts = [1, 3, 5].map(at => Number.parseInt(colour.slice(at, at + 2), 16) / 255);
    const [r = 0, g = 0, blue = 0] = parts.map(v => (v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * blue;
  };
  const [high = 0, low = 0] = [light(a), light(b)].sort((x, y) => y - x);
  return (high + 0.05) / (low + 0.05);
}

for (const [light, palette, code] of [
  ['light', style('base.css'), style('notebook.css')],
  ['dark', style('dark.css'), style('dark.css')],
] as const)
  test(`text can be read on every paper of the ${light} palette, and code in its editor`, () => {
    const of = (name: string): string => palette.get(name) ?? assert.fail(`${light}: no --${name}`);
    const editor = [...code].filter(([name]) => name.startsWith('jp-mirror-editor-'));
    assert.ok(editor.length > 5);
    const pairs = [
      ...INKS.flatMap(ink => PAPERS.map(paper => [ink, of(ink), paper] as const)),
      ...editor.map(([name, colour]) => [name, colour, 'pp-shade'] as const),
    ];
    const pale = pairs.filter(([, colour, paper]) => contrast(colour, of(paper)) < AA);
    assert.deepEqual(
      pale.map(([name, colour, paper]) => `${name} on ${paper}: ${contrast(colour, of(paper)).toFixed(2)}`),
      [],
    );
    assert.ok(contrast(of('pp-on-blue'), of('pp-blue')) >= AA);
  });
