/**
 * How long a reader waits, with the page built before: from `npm start` to the printed address and to the drawn home page; from a click there to the
 * drawn notebook; from the same click to the result of its first cell, a shift-enter after it was drawn. Medians in seconds, and the size of the page.
 *
 *   node dist-test/bench/start.js [RUNS]
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { chromium, type Page } from 'playwright-core';
import { buildPage } from '#src/app/bundle/build-page.js';
import { packageRoot } from '#src/app/paths.js';

const runs = Number(process.argv[2] ?? 5);
const root = packageRoot();
const notebooks = path.join(root, 'test', 'app', 'fixtures', 'notebooks');
const notebook = '90-fixture.ipynb';
const marks = [
  'npm start to address printed',
  'npm start to home page drawn',
  'click to notebook drawn',
  'click to first cell executed',
];

/** When the home page was drawn, the notebook clicked and drawn, and its first cell executed. */
async function firstCell(page: Page, address: string): Promise<readonly [number, number, number, number]> {
  await page.goto(address);
  await page.waitForSelector('body[data-ready]');
  const home = performance.now();
  // A reader looks at the list first.
  await page.waitForTimeout(1500);
  const clicked = performance.now();
  await page.locator(`a[href*="${notebook}"]`).first().click();
  await page.waitForSelector('.jp-Notebook');
  await page.waitForSelector('body[data-ready]');
  const drawn = performance.now();
  await page.locator('.jp-CodeCell .cm-content').first().click();
  await page.keyboard.press('Shift+Enter');
  await page.locator('.jp-CodeCell .jp-InputPrompt', { hasText: '[1]:' }).waitFor();
  return [home, clicked, drawn, performance.now()];
}

/** Seconds from the start to each mark. */
async function oneRun(page: Page): Promise<number[]> {
  // What the last run saved would show as executed.
  for (const end of ['', '.base.json'])
    rmSync(path.join(root, '.put-page', 'notebooks', `${notebook}${end}`), { force: true });
  const began = performance.now();
  const args = ['start', '--silent', '--', '--no-browser', '--port=0', `--notebooks=${notebooks}`];
  const child = spawn('npm', args, { cwd: root, detached: true });
  let said = '';
  while (!/token=\S+\n/.test(said)) said += String((await once(child.stdout, 'data'))[0]);
  const address = performance.now();
  const [home, clicked, drawn, executed] = await firstCell(page, /http:\S+/.exec(said)?.[0] ?? '');
  await page.goto('about:blank');
  // npm stands between: the whole group gets what Ctrl-C in a terminal gives it.
  process.kill(-(child.pid ?? 0), 'SIGINT');
  await once(child, 'exit');
  return [address - began, home - began, drawn - clicked, executed - clicked].map(ms => ms / 1000);
}

/** Bytes of all files of the page, each compressed by itself. */
function compressed(dir: string): number {
  const files = readdirSync(dir, { recursive: true, withFileTypes: true }).filter(entry => entry.isFile());
  const sizes = files.map(
    entry => gzipSync(readFileSync(path.join(entry.parentPath, entry.name)), { level: 9 }).length,
  );
  return sizes.reduce((sum, bytes) => sum + bytes, 0);
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

const built = await buildPage(root, path.join(root, '.put-page', 'cache'));
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--disable-background-networking'],
});
const tab = await browser.newPage();
tab.on('dialog', dialog => void dialog.accept());
const times: number[][] = [];
for (let run = 0; run < runs; run++) times.push(await oneRun(tab));
await browser.close();
console.log(
  `page bundle: ${(built.bytes / 1e6).toFixed(2)} MB, ${(compressed(built.dir) / 1e6).toFixed(2)} MB compressed (gzip)`,
);
console.log(`medians of ${runs} warm runs, in seconds:`);
for (const [i, mark] of marks.entries())
  console.log(`  ${mark}: ${median(times.map(run => run[i] ?? Number.NaN)).toFixed(2)}`);
