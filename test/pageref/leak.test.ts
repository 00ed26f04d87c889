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

test('leaks were recorded by four programs', () => {
  const programs = traces.map(name => /^leak-6\.1\.192-(.+)\.trace\.gz$/.exec(name)?.[1]);
  assert.deepEqual(programs.sort(), ['bpftrace', 'perf', 'trace', 'trace-cmd']);
});

for (const name of traces)
  test(`${name}: the ledger names ${LEAKER}, with its ${FORGOTTEN} pages`, async () => {
    const { ledger, text } = await toldBy(gunzipSync(readFileSync(path.join(folder, name))).toString());
    assert.equal(leakOf(ledger), `${FORGOTTEN} taken by ${LEAKER}`);
    assert.match(text, /^ +10 {2}(?:gup +leaky_get < leaky_ioctl|leaky_ioctl)$/m);
  });
