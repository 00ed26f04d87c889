/**
 * The moving picture of README.md: a bet is placed, a cell runs, its score is stepped through, and another release is picked. Taken of the real
 * application in Chromium, so that it can be taken anew after a change of the page.
 *
 *   node dist-test/bench/moving-picture.js [FILE]     docs/first-minute.webp if not given
 *
 * Needs img2webp (Debian: `apt-get install --no-install-recommends webp`).
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { packageRoot } from '#src/app/paths.js';
import { builtPage, idle, launch, openPage, ready } from '../test/app/browser.js';
import { serve } from '../test/app/serve.js';

const out = path.resolve(process.argv[2] ?? path.join(packageRoot(), 'docs', 'first-minute.webp'));
const folder = mkdtempSync(path.join(tmpdir(), 'put-page-moving-'));
const cells = [
  [
    'markdown',
    '# Who owes the `put_page()`?\n\nA guest touches a page of a device. First the bet; then one touch, step by step.',
  ],
  ['code', "import { interact, predict, reveal, zoneDevice, zoneDeviceLeak } from 'put-page';"],
  ['code', "predict('zd-count');"],
  [
    'code',
    "interact({ release: ['5.3', '5.4'] }, p =>\n  zoneDeviceLeak(p).run([zoneDevice.guestTouches(0)]).score('page[0]._refcount'));",
  ],
] as const;
writeFileSync(
  path.join(folder, '01-first-minute.ipynb'),
  JSON.stringify({
    cells: cells.map(([cell_type, source], i) => ({
      ...{ id: `cell-${i}`, cell_type, metadata: {}, source },
      ...(cell_type === 'code' ? { execution_count: null, outputs: [] } : {}),
    })),
    metadata: {
      kernelspec: { display_name: 'TypeScript', language: 'typescript', name: 'put-page' },
      language_info: { name: 'typescript' },
    },
    nbformat: 4,
    nbformat_minor: 5,
  }),
);

const frames: (readonly [file: string, ms: number])[] = [];
const server = await serve(await builtPage(), folder);
const browser = await launch();
try {
  const { page } = await openPage(browser);
  await page.setViewportSize({ width: 960, height: 720 });
  /** Keeps what is seen now, for this long. */
  const keep = async (ms: number): Promise<void> => {
    const file = path.join(folder, `${String(frames.length).padStart(3, '0')}.png`);
    await page.screenshot({ path: file });
    frames.push([file, ms]);
  };
  await page.goto(server.app.url.replace('/?', '/notebook/01-first-minute.ipynb?'));
  await ready(page);
  await idle(page);
  const code = page.locator('.jp-CodeCell');
  await code.nth(0).locator('.cm-content').click();
  await page.keyboard.press('Shift+Enter');
  await idle(page);
  await keep(1200);
  await page.keyboard.press('Shift+Enter');
  const bet = code.nth(1).getByRole('button', { name: '3', exact: true });
  await bet.waitFor();
  await idle(page);
  await keep(1500);
  await bet.click();
  await page.waitForTimeout(500);
  await keep(1500);
  await code.nth(2).locator('.cm-content').click();
  await page.keyboard.press('Shift+Enter');
  await code.nth(2).locator('.js-plotly-plot').waitFor();
  await idle(page);
  await code.nth(2).locator('.js-plotly-plot').scrollIntoViewIfNeeded();
  await page.waitForTimeout(500);
  await keep(2500);
  await code.nth(2).getByRole('button', { name: '5.4', exact: true }).click();
  await idle(page);
  await page.waitForTimeout(500);
  await keep(3000);
} finally {
  await browser.close();
  await server.close();
}
const list = frames.flatMap(([file, ms]) => ['-d', String(ms), '-lossy', '-q', '70', file]);
const made = spawnSync('img2webp', ['-loop', '0', ...list, '-o', out], { encoding: 'utf8' });
rmSync(folder, { recursive: true, force: true });
if (made.status !== 0) throw new Error(`img2webp: ${made.error?.message ?? made.stderr}`);
console.log(`${frames.length} pictures in ${out}`);
