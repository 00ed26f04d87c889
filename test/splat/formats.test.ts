/** Reports written by hand, with invented values, in the formats that writeSplat() does not print. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { decode } from '#src/splat/decode.js';

const folder = new URL('../../../test/splat/logs/', import.meta.url);

/** A file is a log, a line `--- expected`, and the reports as JSON; only the keys that it names are compared. */
function subset(got: unknown, want: unknown, path: string): void {
  if (want === null || typeof want !== 'object') {
    assert.equal(got, want, path);
    return;
  }
  if (Array.isArray(want)) assert.equal((got as unknown[]).length, want.length, `${path}: length`);
  for (const [key, value] of Object.entries(want))
    subset((got as Record<string, unknown> | null)?.[key], value, `${path}.${key}`);
}

for (const name of readdirSync(folder).sort()) {
  test(`format: ${name}`, () => {
    const [log, expected, ...more] = readFileSync(new URL(name, folder), 'utf8').split('--- expected\n');
    assert.ok(log !== undefined && expected !== undefined && more.length === 0, 'log and expectation');
    subset(decode(log), JSON.parse(expected), name);
  });
}
