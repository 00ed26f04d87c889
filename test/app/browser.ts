/** Headless Chromium on the application: starts it, watches what a page must never do. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { type BuiltPage, buildPage } from '#src/app/bundle/build-page.js';
import { until } from '../until.js';
import { root } from './serve.js';

export { until } from '../until.js';

export const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium';

/** Why there can be no browser test here, or false. */
export const noBrowser: string | false = existsSync(CHROMIUM)
  ? false
  : `there is no ${CHROMIUM}: install chromium (.ci/run does) or set CHROMIUM`;

export const ARGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export function launch(): Promise<Browser> {
  return chromium.launch({ executablePath: CHROMIUM, args: ARGS });
}

export function builtPage(): Promise<BuiltPage> {
  return buildPage(root, path.join(root, '.put-page', 'cache'));
}

export interface Watched {
  readonly page: Page;
  /** Errors and warnings on the console, uncaught errors, failed answers, requests to other hosts. */
  readonly complaints: string[];
}

export async function openPage(browser: Browser): Promise<Watched> {
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
  page.setDefaultTimeout(90_000);
  const complaints: string[] = [];
  page.on('console', message => {
    if (['error', 'warning'].includes(message.type())) complaints.push(`console: ${message.text()}`);
  });
  page.on('pageerror', error => complaints.push(`uncaught: ${error.message}`));
  page.on('response', response => {
    if (response.status() >= 400) complaints.push(`${response.status()}: ${response.url()}`);
  });
  page.on('request', request => {
    if (!/^(http:\/\/127\.0\.0\.1:|data:|blob:)/.test(request.url())) complaints.push(`request: ${request.url()}`);
  });
  return { page, complaints };
}

export const ready = (page: Page): Promise<unknown> => page.waitForSelector('body[data-ready]');

/** Waits until the kernel is idle and stays so: between two cells it is idle for a moment, too. */
export async function idle(page: Page, quietMs = 600): Promise<void> {
  let since = Date.now();
  while (Date.now() - since < quietMs) {
    await page.waitForSelector('.pp-kernel[data-state="idle"]');
    await page.waitForTimeout(50);
    if ((await page.getAttribute('.pp-kernel', 'data-state')) !== 'idle') since = Date.now();
  }
}

export async function runAll(page: Page): Promise<void> {
  await idle(page);
  await page.click('[data-command="run-all"]');
  const prompts = page.locator('.jp-CodeCell .jp-InputPrompt');
  await until('every cell has run', async () => (await prompts.allInnerTexts()).every(text => /^\[\d+\]:$/.test(text)));
  await idle(page);
}

/** An original opens without outputs; this puts in those that are stored. */
export async function showResults(page: Page): Promise<void> {
  await page.click('.pp-results button');
  await page.waitForSelector('.pp-results', { state: 'detached' });
}

/** Texts of error outputs; JupyterLab draws errors and stderr alike. */
export function errors(page: Page): Promise<string[]> {
  return page.locator('.jp-OutputArea-output[data-mime-type*="stderr"]').allInnerTexts();
}

/** How many figures plotly has drawn. */
export function drawn(page: Page): Promise<number> {
  return page.locator('.pp-drawing:has(> .plot-container svg.main-svg)').count();
}
