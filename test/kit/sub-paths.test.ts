/** The parts of the library that `exports` offers to the curious: for tsc, for Node, and in a cell. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import test, { after, before } from 'node:test';
// By the package's own name, as a script would import it: that this compiles is the test of the types.
import { explore } from 'put-page/explorer';
import { defineModel } from 'put-page/model';
import { KernelClient } from '#src/jupyter/client/kernel-client.js';
import { projectRoot } from '#src/jupyter/project-root.js';

const PARTS = ['model', 'explorer', 'ledger', 'linux', 'splat', 'views', 'kit'];
const limit = { timeoutMs: 60_000 };
let kernel: KernelClient;
before(async () => {
  kernel = await KernelClient.start();
});
after(() => kernel.shutdown());

test('package.json offers each part, with code and types that are there', async () => {
  const { exports } = JSON.parse(readFileSync(path.join(projectRoot, 'package.json'), 'utf8')) as {
    exports: Readonly<Record<string, string | { readonly types: string; readonly default: string }>>;
  };
  const offered = Object.keys(exports).filter(sub => !['.', './package.json'].includes(sub));
  assert.deepEqual(offered.sort(), PARTS.map(part => `./${part}`).sort());
  for (const part of PARTS) {
    const to = exports[`./${part}`];
    assert.ok(typeof to === 'object', part);
    for (const file of [to.types, to.default]) assert.ok(existsSync(path.join(projectRoot, file)), file);
    assert.ok(Object.keys(await import(`put-page/${part}`)).length > 0, part);
  }
});

test('a part is the same code under its own name as inside the house', async () => {
  assert.equal(explore, (await import('#src/explorer/index.js')).explore);
  assert.equal(defineModel, (await import('#src/model/index.js')).defineModel);
});

for (const part of PARTS)
  test(`a cell imports put-page/${part}, and its types are checked`, async () => {
    const [first] =
      Object.entries(await import(`put-page/${part}`)).find(([, value]) => typeof value === 'function') ?? [];
    assert.ok(first !== undefined, part);
    const good = await kernel.execute(`import { ${first} } from 'put-page/${part}';\ntypeof ${first};`, limit);
    assert.equal(good.status, 'ok', JSON.stringify(good.outputs));
    assert.match(JSON.stringify(good.outputs), /'function'/);
    const bad = await kernel.execute(`import { thisIsNotThere } from 'put-page/${part}';\nthisIsNotThere;`, limit);
    assert.match(JSON.stringify(bad.outputs), /has no exported member 'thisIsNotThere'/);
  });
