/** A Chromium that is installed here, asked to print: Chromium, Chrome or Edge. None is ever downloaded. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome', 'microsoft-edge'];

const ELSEWHERE: Readonly<Partial<Record<NodeJS.Platform, readonly string[]>>> = {
  darwin: [
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    '/Applications/Chromium.app/Contents/MacOS/Chromium',
    '/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge',
  ],
  win32: [
    'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
    'C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe',
  ],
};

/** CHROMIUM if it is set (it may name nothing, to say that there is none), else what is found. */
export function findChromium(env = process.env, platform = process.platform): string | undefined {
  const told = env.CHROMIUM;
  if (told !== undefined) return existsSync(told) ? told : undefined;
  const folders = (env.PATH ?? '').split(path.delimiter).filter(folder => folder !== '');
  const onPath = NAMES.flatMap(name => folders.map(folder => path.join(folder, name)));
  return [...onPath, ...(ELSEWHERE[platform] ?? [])].find(file => existsSync(file));
}

/** Prints an HTML file. Errors: the browser fails, with what it said. */
export function printPdf(chromium: string, html: string, pdf: string): void {
  const profile = mkdtempSync(path.join(os.tmpdir(), 'put-page-print-'));
  // Chromium's sandbox refuses root; what is printed loads nothing and runs nothing.
  const root = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  try {
    const { status, stderr, error } = spawnSync(
      chromium,
      [
        '--headless',
        '--disable-gpu',
        '--disable-dev-shm-usage',
        ...root,
        `--user-data-dir=${profile}`,
        '--no-first-run',
        '--no-pdf-header-footer',
        `--print-to-pdf=${pdf}`,
        pathToFileURL(html).href,
      ],
      { encoding: 'utf8', timeout: 120_000 },
    );
    if (status !== 0 || !existsSync(pdf)) throw new Error(`${chromium} printed nothing: ${error ?? stderr.trim()}`);
  } finally {
    rmSync(profile, { recursive: true, force: true });
  }
}
