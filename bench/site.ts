/**
 * How soon a page of the site shows something: first contentful paint in headless Chromium with a processor four times slower, in a fresh
 * profile each time, over HTTP on this machine. `node dist-test/bench/site.js [RUNS]`; the time of an idle machine.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Browser } from 'playwright-core';
import { buildSite } from '#src/site/build.js';
import { launch, noBrowser } from '../test/app/browser.js';
import { hostAt } from '../test/site/serve.js';
import { median } from './figures.js';

const RUNS = Number(process.argv[2] ?? 5);
const SLOWER = 4;

/** One page of each kind, the heaviest of its kind. */
const PAGES = [
  'index.html',
  '03-zero-pfn-gup-loop.html',
  'explore-zone-device-leak.html',
  'decode.html',
  'glossary.html',
];

/** Milliseconds from the navigation to the first content, and to when the page's own scripts have run. */
async function once(browser: Browser, address: string): Promise<readonly [number, number]> {
  const context = await browser.newContext({ viewport: { width: 390, height: 844 }, serviceWorkers: 'block' });
  try {
    const page = await context.newPage();
    const session = await context.newCDPSession(page);
    await session.send('Emulation.setCPUThrottlingRate', { rate: SLOWER });
    await page.goto(address, { waitUntil: 'load' });
    return await page.evaluate(async () => {
      const paint = (): number | undefined => performance.getEntriesByName('first-contentful-paint')[0]?.startTime;
      for (let i = 0; i < 250 && paint() === undefined; i++) await new Promise(resolve => setTimeout(resolve, 20));
      const [navigation] = performance.getEntriesByType('navigation') as unknown as readonly {
        readonly loadEventEnd: number;
      }[];
      return [paint() ?? Number.NaN, navigation?.loadEventEnd ?? 0] as const;
    });
  } finally {
    await context.close();
  }
}

if (noBrowser !== false) throw new Error(noBrowser);
const dir = mkdtempSync(path.join(tmpdir(), 'put-page-bench-site-'));
await buildSite(dir);
const host = await hostAt('/a/folder/', dir);
const browser = await launch();
try {
  // The browser's own start is nobody's page.
  await once(browser, host.address);
  for (const page of PAGES) {
    const times: (readonly [number, number])[] = [];
    for (let i = 0; i < RUNS; i++) times.push(await once(browser, host.address + page));
    // Headless Chromium sometimes does not paint a page that nobody looks at.
    const paints = times.map(([paint]) => paint).filter(Number.isFinite);
    const [paint, least, load] = [median(paints), Math.min(...paints), median(times.map(([, loaded]) => loaded))].map(
      ms => String(Math.round(ms)).padStart(5),
    );
    console.log(`${page.padEnd(34)} first content ${paint} ms (least ${least})   loaded ${load} ms`);
  }
} finally {
  await browser.close();
  await host.cut();
  rmSync(dir, { recursive: true, force: true });
}
