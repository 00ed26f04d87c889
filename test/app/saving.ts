/** A browser on a server in a process of its own, for tests that end the one or the other; and the copy on the disk. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { type BrowserContext, chromium, type Locator, type Page } from 'playwright-core';
import { until, within } from '../until.js';
import { ARGS, CHROMIUM, ready } from './browser.js';
import { FIXTURE, fixtures, TOKEN } from './serve.js';

/** Of this test file, which has a process of its own. */
export const dir = mkdtempSync(path.join(tmpdir(), 'put-page-saving-'));
export const originals = path.join(dir, 'originals');
export const state = path.join(dir, 'state');

export function makeOriginals(): void {
  cpSync(fixtures, originals, { recursive: true, filter: file => !file.endsWith('.ts') });
}

export function removeAll(): void {
  // A browser that was killed may have a process that still writes.
  rmSync(dir, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
}

export async function openNotebook(where: BrowserContext, port: number, name = FIXTURE): Promise<Page> {
  const page = await where.newPage();
  page.setDefaultTimeout(60_000);
  await page.goto(`http://127.0.0.1:${port}/notebook/${name}?token=${TOKEN}`);
  await ready(page);
  return page;
}

export const editor = (page: Page, n: number): Locator => page.locator('.jp-CodeCell .cm-content').nth(n);
export const notice = (page: Page, kind: string): Locator => page.locator(`.pp-notice[data-kind="${kind}"]`);

export async function write(page: Page, n: number, source: string): Promise<void> {
  await editor(page, n).click();
  await page.keyboard.press('Control+A');
  await page.keyboard.insertText(source);
}

export function onDisk(): string {
  try {
    return readFileSync(path.join(state, 'notebooks', FIXTURE), 'utf8');
  } catch {
    return '';
  }
}

export const copies = (): string[] => readdirSync(path.join(state, 'notebooks'));
export const saved = (page: Page): Promise<unknown> => page.waitForSelector('.pp-saved[data-state="saved"]');
export const disk = (text: string): Promise<void> => until(`'${text}' is on disk`, () => onDisk().includes(text));

/** The sources that the browser keeps for itself, as text. */
export async function drafts(page: Page): Promise<string> {
  return page.evaluate(`new Promise(done => {
    const opening = indexedDB.open('put-page', 1);
    opening.onsuccess = () => {
      const all = opening.result.transaction('drafts').objectStore('drafts').getAll();
      all.onsuccess = () => { opening.result.close(); done(JSON.stringify(all.result)); };
    };
  })`) as Promise<string>;
}

/** A browser that a test can end with SIGKILL; what it kept is in `profile`. */
export interface Killable {
  readonly context: BrowserContext;
  readonly pid: number;
  kill(): Promise<void>;
}

export async function killable(profile: string): Promise<Killable> {
  const args = [...ARGS, '--headless=new', `--user-data-dir=${profile}`, '--remote-debugging-port=0', 'about:blank'];
  const child = spawn(CHROMIUM, args, { stdio: ['ignore', 'ignore', 'pipe'], detached: true });
  const ended = once(child, 'exit');
  const killGroup = (): void => {
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
  };
  const says = async (): Promise<string> => {
    for await (const line of createInterface({ input: child.stderr })) {
      const address = /^DevTools listening on (.*)$/.exec(line)?.[1];
      if (address !== undefined) return address;
    }
    throw new Error('chromium did not say where it listens');
  };
  const address = await within('the start of a browser', says());
  child.stderr.resume();
  const connected = await chromium.connectOverCDP(address);
  const [context] = connected.contexts();
  if (context === undefined || child.pid === undefined) throw new Error('the browser has no window');
  const kill = async (): Promise<void> => {
    killGroup();
    await within('the end of a killed browser', ended);
    await connected.close().catch(() => {});
  };
  return { context, pid: child.pid, kill };
}
