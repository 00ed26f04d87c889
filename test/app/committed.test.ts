/**
 * Every committed notebook in the browser: every figure is drawn as it is stored, and of some from a run from top to bottom. That all of them run, and
 * come to what is stored, is held by test/notebooks/, without a browser.
 */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import test, { after, before } from 'node:test';
import type { Browser } from 'playwright-core';
import { parseNotebook } from '#src/jupyter/notebook/validate.js';
import { accessible } from './axe.js';
import { builtPage, drawn, errors, launch, noBrowser, openPage, ready, runAll, showResults, until } from './browser.js';
import { root, serve, type TestServer } from './serve.js';

const folder = path.join(root, 'notebooks');
const names = readdirSync(folder).filter(name => name.endsWith('.ipynb'));

/** The one with the most figures of runs, and the one with controls at work in its middle: a run of all seven takes minutes. */
const RUN: readonly string[] = ['01-zone-device-leak.ipynb', '06-write-the-contract.ipynb'];

/** Looked at by axe-core, with its results and in both palettes: it has a splat, tables, and most kinds of figures. */
const SEEN_BY_ALL = '05-bad-page-state-splat.ipynb';

/** The least number of figures that plotly must draw in a notebook, beside "as many as were committed". */
const FIGURES_MIN: Readonly<Record<string, number>> = { '01-zone-device-leak.ipynb': 6 };

let server: TestServer;
let browser: Browser;

before(async () => {
  if (noBrowser !== false || names.length === 0) return;
  server = await serve(await builtPage(), folder);
  void server.app.kernels.warm();
  browser = await launch();
});

after(async () => {
  await browser?.close();
  await server?.close();
});

function committedFigures(name: string): number {
  const notebook = parseNotebook(readFileSync(path.join(folder, name), 'utf8'), name);
  const outputs = notebook.cells.flatMap(cell => cell.outputs ?? []);
  return outputs.filter(output => 'application/vnd.plotly.v1+json' in ((output.data ?? {}) as object)).length;
}

test('notebooks are committed', { skip: names.length === 0 && 'no .ipynb is in notebooks/ yet' }, () => {
  assert.ok(
    names.every(name => /^\d\d-[a-z0-9-]+\.ipynb$/.test(name)),
    names.join(' '),
  );
  assert.ok(RUN.every(name => names.includes(name)));
});

for (const name of names)
  test(`${name} ${RUN.includes(name) ? 'runs' : 'opens'} in the browser and draws its figures`, {
    skip: noBrowser,
  }, async () => {
    const { page, complaints } = await openPage(browser);
    await page.goto(server.app.url.replace('/?', `/notebook/${name}?`));
    await ready(page);
    assert.equal(await page.locator('.jp-OutputArea-output').count(), 0, 'an original opens without outputs');
    if (RUN.includes(name)) await runAll(page);
    else await showResults(page);
    assert.deepEqual(await errors(page), []);
    const wanted = committedFigures(name);
    await until(`${wanted} figures are drawn`, async () => (await drawn(page)) === wanted);
    if (name === SEEN_BY_ALL)
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme });
        await accessible(page, `${name}, ${colorScheme}`);
      }
    assert.ok(wanted >= (FIGURES_MIN[name] ?? 0), `${name} has ${wanted} figures`);
    assert.deepEqual(complaints, []);
    await page.close({ runBeforeUnload: false });
  });
