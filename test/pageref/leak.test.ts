/** Traces of real kernels in which a driver forgot ten pages (lab/leak): whatever wrote them, the ledger names the driver. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { projectRoot } from '#src/jupyter/project-root.js';
import { FORGOTTEN, LEAKER, leakOf, toldBy } from '../../lab/leak.js';

const folder = path.join(projectRoot, 'data/recordings');
const traces = readdirSync(folder).filter(name => name.startsWith('leak-'));

test('there are recorded leaks', () => assert.ok(traces.length > 0));

for (const name of traces)
  test(`${name}: the ledger names ${LEAKER}, with its ${FORGOTTEN} pages, and nobody else of the drivers`, async () => {
    const { ledger, text } = await toldBy(gunzipSync(readFileSync(path.join(folder, name))).toString());
    const held = leakOf(ledger).split(', ');
    assert.ok(held.includes(`${LEAKER}: ${FORGOTTEN}`), held.join(', '));
    assert.equal(held.filter(h => h.startsWith('leaky')).length, 1);
    assert.match(text, /leaky_ioctl holds 1 \(took 1, gave back 0/);
  });
