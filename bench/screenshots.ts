/**
 * The pictures of docs/application.md, taken of the real application in Chromium: light and dark, on a screen and on a
 * telephone. Taken anew after a change of the page.
 *
 *   node dist-test/bench/screenshots.js [FOLDER]     docs/application if not given
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { packageRoot } from '#src/app/paths.js';
import { builtPage, idle, launch, openPage, ready, until } from '../test/app/browser.js';
import { serve } from '../test/app/serve.js';

const root = packageRoot();
const out = path.resolve(process.argv[2] ?? path.join(root, 'docs', 'application'));
const NOTEBOOK = '01-zone-device-leak';
const SIZES = { 1400: { width: 1400, height: 900 }, 390: { width: 390, height: 844 } } as const;
const QUALITY = 38;

const sizes: (readonly [string, number])[] = [];

/** What is seen now, in both palettes; plotly draws its figures anew for each. */
async function take(page: Page, name: string, widths: readonly (keyof typeof SIZES)[] = [1400]): Promise<void> {
  const session = await page.context().newCDPSession(page);
  for (const width of widths) {
    await page.setViewportSize(SIZES[width]);
    // On a telephone the contents are a sheet above the notebook, closed at first.
    const contents = page.locator('.pp-contents-button[aria-expanded="true"]');
    if (width === 390 && (await contents.count()) > 0) await contents.click();
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      await page.waitForTimeout(1500);
      // Playwright itself writes no WebP.
      const shot = await session.send('Page.captureScreenshot', { format: 'webp', quality: QUALITY });
      const bytes = Buffer.from(shot.data, 'base64');
      const file = `${name}-${colorScheme}-${width}.webp`;
      writeFileSync(path.join(out, file), bytes);
      sizes.push([file, bytes.length]);
    }
  }
  await page.setViewportSize(SIZES[1400]);
  const closed = page.locator('.pp-contents-button[aria-expanded="false"]');
  if ((await closed.count()) > 0) await closed.click();
  await page.emulateMedia({ colorScheme: 'light' });
}

/** The folder of this run is nobody's business. */
async function home(page: Page, address: string): Promise<void> {
  await page.goto(address);
  await ready(page);
  await page.evaluate("document.querySelector('footer code').textContent = '.put-page/notebooks'");
}

mkdirSync(out, { recursive: true });
const server = await serve(await builtPage(), path.join(root, 'notebooks'));
void server.app.kernels.warm();
const browser = await launch();
try {
  const { page } = await openPage(browser);
  await page.setViewportSize(SIZES[1400]);
  const { status } = await server.ask('POST', '/api/put-page/own', { body: { name: 'my-experiments' } });
  if (status !== 201) throw new Error(`no notebook was made: ${status}`);

  await page.goto(server.app.url.replace('/?', `/notebook/${NOTEBOOK}.ipynb?`));
  await ready(page);
  await idle(page);
  await take(page, 'notebook', [1400, 390]);

  // The import, the bet, and the run that the bet is about.
  const code = page.locator('.jp-CodeCell');
  await code.first().locator('.cm-content').click();
  for (const n of [0, 1, 2]) {
    await code.nth(n).locator('.cm-content').click();
    await page.keyboard.press('Control+Enter');
    await until(`cell ${n} has run`, async () =>
      /^\[\d+\]:$/.test(await code.nth(n).locator('.jp-InputPrompt').innerText()),
    );
  }
  await idle(page);
  await page.locator('.pp-figure svg.main-svg').first().waitFor();
  await code.nth(1).evaluate(cell => cell.scrollIntoView({ block: 'start' }));
  await take(page, 'bet-and-figure', [1400, 390]);

  await page.keyboard.press('Escape');
  await page.keyboard.press('Control+Shift+C');
  await page.waitForSelector('dialog.pp-palette');
  await page.keyboard.type('run');
  await take(page, 'commands');
  await page.keyboard.press('Escape');

  await page.keyboard.press('Control+J');
  await page.waitForSelector('.pp-side:not([hidden])');
  await page.locator('.pp-side [role=tab]', { hasText: 'Code' }).click();
  await page.locator('.pp-side input:visible').fill('kvm_release_pfn_clean');
  await page.keyboard.press('Enter');
  await page.locator('.pp-side pre, .pp-side .cm-editor').first().waitFor();
  await take(page, 'side-panel');

  await home(page, server.app.url);
  await take(page, 'home', [1400, 390]);
  await page.click('text=New notebook');
  await page.fill('.pp-field', 'my notes');
  await page.keyboard.press('Enter');
  await page.waitForSelector('.pp-fault button');
  await take(page, 'new-notebook');
} finally {
  await browser.close();
  await server.close();
}
for (const [file, bytes] of sizes) console.log(`${file}: ${(bytes / 1000).toFixed(0)} kB`);
console.log(`${(sizes.reduce((sum, [, bytes]) => sum + bytes, 0) / 1e6).toFixed(2)} MB in all`);
