/** Finding one's way, without a browser: the table of commands, the palette's matching. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { pageModule } from './page-code.js';

interface Entry {
  readonly name: string;
  readonly label: string;
  readonly keys?: readonly string[];
  readonly where?: string;
}

const { GROUPS } = await pageModule<{ GROUPS: readonly { title: string; commands: readonly Entry[] }[] }>(
  'notebook/command-table.ts',
);
const { match } = await pageModule<{
  match(label: string, typed: string): { score: number; ranges: number[][] } | null;
}>('palette/matching.ts');

const entries = GROUPS.flatMap(group => group.commands);

test('no two commands have the same name, label, or key in the same place', () => {
  const twice = (values: readonly string[]): string[] => values.filter((value, i) => values.indexOf(value) !== i);
  assert.deepEqual(twice(entries.map(entry => entry.name)), []);
  assert.deepEqual(twice(entries.map(entry => entry.label)), []);
  const places = { cell: ['cell'], editor: ['editor'], either: ['cell', 'editor'], page: ['cell', 'editor'] };
  const bound = entries.flatMap(({ keys = [], where = 'cell' }) =>
    keys.flatMap(key => places[where as keyof typeof places].map(place => `${place}: ${key}`)),
  );
  assert.deepEqual(twice(bound), []);
  // The first stroke of two would never come to its second.
  const first = bound.filter(key => key.includes(', ')).map(key => key.split(', ')[0] ?? '');
  assert.deepEqual(
    first.filter(key => bound.includes(key)),
    [],
  );
});

test('the palette wants every word, and puts beginnings first', () => {
  assert.equal(match('Run the cells above', 'run below'), null);
  const [whole, word, inside] = [
    match('Run all cells', 'ru'),
    match('Restart and run', 'ru'),
    match('Interrupt', 'rru'),
  ].map(found => found?.score ?? 0) as [number, number, number];
  assert.ok(whole > word && word > inside && inside > 0, `${whole}, ${word}, ${inside}`);
  assert.deepEqual(match('Run the cells above', 'ABO cell')?.ranges, [
    [8, 12],
    [14, 17],
  ]);
});
