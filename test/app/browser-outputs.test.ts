/** What cells print and what files hold, in a real browser: floods, hostile outputs, and the reader's place. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import test, { after, before } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { builtPage, idle, launch, noBrowser, openPage, ready, showResults, until, type Watched } from './browser.js';
import { largestPageMB } from './memory.js';
import { serve, type TestServer, TOKEN } from './serve.js';

const skip = noBrowser;
const notebooks = mkdtempSync(path.join(tmpdir(), 'put-page-outputs-'));
let server: TestServer;
let browser: Browser;

interface Cell {
  readonly source: string;
  readonly html?: string;
  readonly markdown?: boolean;
}

function notebook(name: string, cells: readonly Cell[]): void {
  const all = cells.map(({ source, html, markdown }, i) => ({
    id: `cell-${i}`,
    cell_type: markdown === true ? 'markdown' : 'code',
    metadata: { trusted: true },
    source,
    ...(markdown === true
      ? {}
      : {
          execution_count: null,
          outputs:
            html === undefined ? [] : [{ output_type: 'display_data', metadata: {}, data: { 'text/html': html } }],
        }),
  }));
  const kernelspec = { display_name: 'TypeScript', language: 'typescript', name: 'put-page' };
  const metadata = { kernelspec, language_info: { name: 'typescript' } };
  writeFileSync(path.join(notebooks, name), JSON.stringify({ cells: all, metadata, nbformat: 4, nbformat_minor: 5 }));
}

/** Another server on this machine, which must hear nothing. */
const heard: string[] = [];
const stranger = createServer((req, res) => {
  heard.push(`${req.method} ${req.url} ${req.headers.cookie ?? ''}`);
  res.end();
});

const COVER = 'position:fixed;position:absolute;top:-3000px;left:-3000px;width:9000px;height:9000px;z-index:999999';

before(async () => {
  if (skip !== false) return;
  await new Promise<void>(resolve => stranger.listen(0, '127.0.0.1', resolve));
  const other = `http://127.0.0.1:${(stranger.address() as AddressInfo).port}`;
  const hostile = [
    `<div class="hostile" style="${COVER};background:#f00">covers</div>`,
    `<style>.pp-toolbar, .pp-header { display: none !important } .jp-OutputArea-output { contain: none !important }</style>`,
    `<meta http-equiv="refresh" content="0;url=${other}/refresh">`,
    `<form action="${other}/form" class="form"><input name="a"><button type="submit" class="send">Send</button></form>`,
    `<iframe src="${other}/frame"></iframe><object data="${other}/object"></object><embed src="${other}/embed">`,
    `<base href="${other}/base/"><link rel="stylesheet" href="${other}/sheet.css">`,
    `<img src="${other}/picture.png"><img src="x" onerror="window.ran = true">`,
    `<script>window.ran = true; location = '${other}/script'</script>`,
    `<svg><a href="javascript:window.ran=true"><text y="20">x</text></a></svg>`,
    `<a class="away" href="${other}/link">a link</a>`,
    `<div class="pp-dialog jp-Dialog pp-notice hostile" style="${COVER}">looks like the page</div>`,
  ].join('\n');
  notebook('10-hostile.ipynb', [
    { source: `# Hostile\n\n${hostile}`, markdown: true },
    {
      source: `(globalThis as any)[Symbol.for('put-page.display')]({ 'text/html': ${JSON.stringify(hostile)} });`,
      html: hostile,
    },
    { source: '## A text that nobody covers', markdown: true },
  ]);
  const text = Array.from({ length: 12 }, (_, i) => `Paragraph ${i} of a long text.`).join('\n\n');
  notebook('20-long.ipynb', [
    { source: '# Long', markdown: true },
    ...Array.from({ length: 12 }, (_, i) => [
      { source: text, markdown: true },
      { source: `await new Promise(r => setTimeout(r, 150));\nconsole.log('done ${i}');` },
    ]).flat(),
  ]);
  notebook('30-flood.ipynb', [{ source: '# Flood', markdown: true }, { source: '1' }, { source: '2' }]);
  server = await serve(await builtPage(), notebooks);
  void server.app.kernels.warm();
  browser = await launch();
});

after(async () => {
  await browser?.close();
  await server?.close();
  stranger.close();
  rmSync(notebooks, { recursive: true, force: true });
});

async function open(name: string): Promise<Watched> {
  const watched = await openPage(browser);
  await watched.page.goto(server.app.url.replace('/?', `/notebook/${name}?`));
  await ready(watched.page);
  return watched;
}

async function type(page: Page, n: number, source: string): Promise<void> {
  await page.locator('.jp-CodeCell .cm-content').nth(n).click();
  await page.keyboard.press('Control+A');
  await page.keyboard.insertText(source);
}

const output = (page: Page, n: number) => page.locator('.jp-CodeCell').nth(n).locator('.jp-OutputArea');

/** What the page itself has drawn at the places of its own controls. */
async function uncovered(page: Page): Promise<void> {
  for (const control of [
    '.pp-home',
    '[data-command=run]',
    '[data-command=save]',
    '.pp-kernel',
    '.jp-Cell:last-of-type h2',
  ]) {
    const there = await page.evaluate(`(() => {
      const node = document.querySelector('${control}');
      node.scrollIntoViewIfNeeded();
      const box = node.getBoundingClientRect();
      return node.contains(document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2));
    })()`);
    assert.ok(there, `${control} can be seen and clicked`);
  }
}

for (const [when, run] of [
  ['stored in a file that calls itself trusted', false],
  ['made by a cell that was run here', true],
] as const)
  test(`a hostile output ${when} covers nothing, goes nowhere and asks nobody`, { skip }, async () => {
    const { page } = await open('10-hostile.ipynb');
    const address = page.url();
    if (run) {
      await idle(page);
      await page.click('[data-command="run-all"]');
      await until('the cell has run', async () => /\[1\]/.test(await page.locator('.jp-CodeCell').innerText()));
      await idle(page);
    } else await showResults(page);
    await output(page, 0)
      .locator('.hostile')
      .first()
      .waitFor({ state: 'attached', timeout: 10_000 })
      .catch(async () => {
        assert.fail(`the output is not there, but: ${await output(page, 0).innerText()}`);
      });
    await page.waitForTimeout(500);
    await uncovered(page);
    assert.equal(await page.locator('.send').count(), 2);
    await page.evaluate("document.querySelectorAll('.send').forEach(button => button.click())");
    await page.waitForTimeout(500);
    assert.equal(page.url(), address);
    assert.equal(await page.evaluate("'ran' in window"), false);
    const links = await page
      .locator('a.away')
      .evaluateAll(all => all.map(a => [a.getAttribute('target'), a.getAttribute('rel')].join()));
    assert.deepEqual(links, ['_blank,noopener noreferrer', '_blank,noopener noreferrer']);
    assert.deepEqual(heard, []);
    await page.close();
  });

test('run all leaves the reader where they are', { skip }, async () => {
  const { page } = await open('20-long.ipynb');
  await idle(page);
  const scroller = page.locator('.jp-WindowedPanel-outer');
  await page.locator('.jp-Cell').first().click();
  await page.click('[data-command="run-all"]');
  await scroller.evaluate(node => node.scrollTo(0, 900));
  const tops = new Set<number>();
  await until('all have run', async () => {
    tops.add(await scroller.evaluate(node => node.scrollTop));
    return (await output(page, 11).innerText()).includes('done 11');
  });
  assert.deepEqual([...tops], [900]);
  await page.close();
});

test('Escape closes the list of completions, and then the cell is still being edited', { skip }, async () => {
  const { page } = await open('30-flood.ipynb');
  await idle(page);
  await type(page, 0, 'Arr');
  await page.keyboard.press('Tab');
  await page.waitForSelector('.cm-tooltip-autocomplete');
  await page.keyboard.press('Escape');
  await page.waitForSelector('.cm-tooltip-autocomplete', { state: 'detached' });
  await page.keyboard.type('x');
  assert.equal(await page.locator('.jp-CodeCell .cm-content').first().innerText(), 'Arrx');
  assert.equal(await page.locator('.jp-CodeCell').count(), 2, 'x did not cut the cell');
  await page.keyboard.press('Escape');
  await page.waitForSelector('.jp-Notebook.jp-mod-commandMode');
  await page.close();
});

/** Megabytes of the page's own process, the browser's largest renderer. */
async function heap(page: Page): Promise<number> {
  const session = await page.context().newCDPSession(page);
  await session.send('HeapProfiler.collectGarbage');
  const { usedSize } = (await session.send('Runtime.getHeapUsage')) as { usedSize: number };
  return usedSize / 1e6;
}

test('a million lines: the first, a sentence, the last; the whole on demand; the page stays small', {
  skip,
}, async () => {
  const { page } = await open('30-flood.ipynb');
  await idle(page);
  await type(page, 0, "for (let i = 0; i < 1e6; i++) console.log('line ' + i + ' ' + '.'.repeat(85));");
  await page.keyboard.press('Control+Enter');
  await page.waitForSelector('.pp-kernel[data-state="busy"]');
  await until(
    'the cell has ended',
    async () => /^\[\d+\]:$/.test(await page.locator('.jp-CodeCell .jp-InputPrompt').first().innerText()),
    120_000,
  );
  const shown = await output(page, 0).innerText();
  assert.match(shown, /^line 0 /);
  assert.match(shown, /line 999999 \.+\s*$/);
  assert.match(await page.locator('.pp-cut').innerText(), /1,000,000 lines, \d+\.\d MB in all/);
  assert.ok(shown.length < 500_000);
  const used = await heap(page);
  assert.ok(used < 200, `the page holds ${used} MB`);
  assert.ok(largestPageMB() < 500, `its process takes ${largestPageMB()} MB`);

  await page.locator('.pp-cut button').click();
  const whole = page.locator('.pp-whole-lines');
  await until('its beginning', async () => (await whole.innerText()).includes('line 0 '));
  await whole.evaluate(node => node.scrollTo(0, node.scrollHeight));
  await until('its end', async () => (await whole.innerText()).includes('line 999999 '));
  await whole.evaluate(node => node.scrollTo(0, node.scrollHeight / 2));
  await until('its middle', async () => /line (49|50)\d{4} /.test(await whole.innerText()));
  await page.keyboard.press('Escape');
  const address = await page.locator('.pp-cut a').getAttribute('href');
  const file = await server.ask('GET', address ?? '');
  assert.equal(file.body.split('\n').length, 1_000_001);
  assert.equal(file.body.split('\n')[777_777]?.startsWith('line 777777 '), true);
  await page.close();
});

test('a flood without an end is interrupted, and the page answers meanwhile', { skip }, async () => {
  const { page } = await open('30-flood.ipynb');
  await idle(page);
  await type(page, 1, "while (true) console.log('x'.repeat(100));");
  await page.keyboard.press('Control+Enter');
  await page.locator('.pp-cut').waitFor();
  await page.waitForTimeout(1500);
  const start = Date.now();
  await page.evaluate('new Promise(resolve => requestAnimationFrame(() => resolve(null)))');
  assert.ok(Date.now() - start < 1000, 'the page draws');
  await page.click('[data-command="interrupt"]');
  await idle(page);
  await type(page, 0, "console.log('after', 'the flood');");
  await page.keyboard.press('Control+Enter');
  await until('the next cell', async () => (await output(page, 0).innerText()).includes('after the flood'));
  await page.close();
});

/** A line once stuck at each 128th cell; PUT_PAGE_CELLS=400 is for a run by hand. */
const many = Number(process.env.PUT_PAGE_CELLS ?? 130);

test(`${many} cells one after another, none is stuck`, { skip }, async () => {
  const { page } = await open('30-flood.ipynb');
  await idle(page);
  for (let i = 0; i < many; i++) {
    await type(page, 0, `console.log(${i} * 2);`);
    await page.keyboard.press('Control+Enter');
    await until(`cell ${i}`, async () => (await output(page, 0).innerText()).trim() === String(i * 2), 20_000);
  }
  await page.close();
});

test('the token is nowhere on the page', { skip }, async () => {
  const { page } = await open('30-flood.ipynb');
  assert.ok(!(await page.content()).includes(TOKEN));
  assert.ok(!String(await page.evaluate('document.cookie')).includes(TOKEN));
  await page.close();
});
