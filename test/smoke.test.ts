import assert from 'node:assert/strict';
import test from 'node:test';

test('the built library loads', async () => {
  assert.equal(typeof (await import('#src/index.js')), 'object');
});
