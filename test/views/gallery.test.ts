import assert from 'node:assert/strict';
import test from 'node:test';
import { gallery } from './gallery.js';
import { assertSound, overlaps } from './svg-checks.js';

for (const [name, make] of Object.entries(gallery))
  test(`${name} is sound: well-formed, text inside the picture and not on other text, six-digit colours, a full table`, () => {
    const figure = make();
    assertSound(figure);
    assert.deepEqual(overlaps(figure.svg), []);
  });
