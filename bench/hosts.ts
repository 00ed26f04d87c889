/**
 * What hosts that cannot show our widgets make of them: the same cells run in Debian's Jupyter Notebook, in Chromium, and by nbconvert.
 * In each the output of a control must hold the figure of the first values or, where the host empties every picture (Debian's nbconvert 6.5
 * takes the shapes out of an SVG), its table; and words, and nothing that looks like an error.
 *
 *   node dist-test/bench/hosts.js [FOLDER]     FOLDER: where to put what was seen, as pictures
 *
 * Needs `apt-get install --no-install-recommends jupyter-notebook jupyter-nbconvert chromium`.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { packageRoot } from '#src/app/paths.js';
import { launch } from '../test/app/browser.js';

const cells = [
  "import { interact, predict, slider, zoneDevice, zoneDeviceLeak } from 'put-page';",
  'interact({ pages: slider(1, 5) }, p => zoneDeviceLeak(p).run([zoneDevice.guestTouches(0)]));',
  "predict('zd-count');",
  "interact({ release: ['5.3', '5.4'] }, p => zoneDeviceLeak(p).explore());",
];

/** What stands below each cell, as a reader sees it. */
interface Seen {
  readonly words: string;
  /** Pictures that have something drawn in them. */
  readonly figures: number;
  readonly emptied: number;
  readonly tables: number;
}

const MISSING = /Error displaying widget|Failed to load model|Loading widget|\[object Object\]|^Error:|ModelError/m;

function judge(host: string, seen: readonly Seen[]): number {
  let faults = 0;
  for (const [i, what] of [
    [1, 'a control with a run'],
    [2, 'a bet'],
    [3, 'a control with a search'],
  ] as const) {
    const s = seen[i] ?? { words: '', figures: 0, emptied: 0, tables: 0 };
    const drawn = what === 'a bet' || (s.tables > 0 && s.figures + s.emptied > 0);
    const good = drawn && s.words.trim().length > 40 && !MISSING.test(s.words);
    if (!good) faults++;
    console.log(
      `${host}: ${what}: ${good ? 'reads well' : 'WRONG'} (figures: ${s.figures}${s.emptied > 0 ? `, and ${s.emptied} emptied by the host` : ''}; tables: ${s.tables})`,
    );
    if (!good) console.log(s.words.trim().slice(0, 600));
  }
  return faults;
}

const SEEN = `nodes => nodes.map(n => ({
  words: n.innerText,
  figures: [...n.querySelectorAll('svg, img')].filter(f => f.matches('img') || f.querySelector('path, rect, line') !== null).length,
  emptied: [...n.querySelectorAll('svg')].filter(f => f.querySelector('path, rect, line') === null).length,
  tables: n.querySelectorAll('table').length,
}))`;

async function looked(page: Page, outputs: string): Promise<readonly Seen[]> {
  return (await page.$$eval(outputs, new Function(`return ${SEEN}`)() as (nodes: Element[]) => Seen[])) as Seen[];
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}

async function said(child: ChildProcess): Promise<string> {
  let text = '';
  for await (const part of child.stderr ?? []) {
    text += String(part);
    const address = /http:\/\/127\.0\.0\.1:\d+\/\?token=\w+/.exec(text)?.[0];
    if (address !== undefined) return address;
  }
  throw new Error(`Jupyter Notebook did not start:\n${text}`);
}

const folder = mkdtempSync(path.join(tmpdir(), 'put-page-hosts-'));
const pictures = process.argv[2] ?? folder;
const root = packageRoot();
const kernel = { display_name: 'put-page', language: 'typescript', name: 'put-page' };
const file = path.join(folder, 'controls.ipynb');
writeFileSync(
  file,
  JSON.stringify({
    cells: cells.map((source, i) => ({
      ...{ id: `c${i}`, cell_type: 'code', metadata: {}, source, execution_count: null, outputs: [] },
    })),
    metadata: { kernelspec: kernel, language_info: { name: 'typescript' } },
    nbformat: 4,
    nbformat_minor: 5,
  }),
);
const env = { ...process.env, HOME: folder, JUPYTER_PATH: path.join(folder, 'share', 'jupyter') };
const installed = spawnSync(
  process.execPath,
  [path.join(root, 'dist', 'cli.js'), 'kernel', 'install', '--prefix', folder],
  { encoding: 'utf8' },
);
if (installed.status !== 0) throw new Error(installed.stderr);

const browser = await launch();
let faults = 0;
const notebook = spawn(
  'jupyter-notebook',
  ['--no-browser', '--ip=127.0.0.1', `--port=${await freePort()}`, `--notebook-dir=${folder}`, '--allow-root'],
  { cwd: folder, env },
);
try {
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
  page.setDefaultTimeout(120_000);
  const home = new URL(await said(notebook));
  await page.goto(`${home.origin}/notebooks/controls.ipynb${home.search}`);
  await page.waitForFunction('globalThis.Jupyter?.notebook?.kernel?.is_connected?.()');
  await page.evaluate('Jupyter.notebook.execute_all_cells()');
  await page.waitForFunction(
    "[...document.querySelectorAll('.code_cell .input_prompt')].every(p => /\\[\\d+\\]/.test(p.textContent))",
  );
  await page.waitForTimeout(1000);
  faults += judge("Debian's Notebook", await looked(page, '.code_cell'));
  await page.screenshot({ path: path.join(pictures, 'notebook.png'), fullPage: true });

  const html = path.join(folder, 'controls.html');
  const convert = spawnSync('jupyter', ['nbconvert', '--to', 'html', '--execute', '--output', html, file], {
    cwd: folder,
    // As our own stored notebooks are made: a page that was converted has no kernel for the controls.
    env: { ...env, PUT_PAGE_WIDGETS: 'off' },
    encoding: 'utf8',
  });
  if (convert.status !== 0) throw new Error(`nbconvert: ${convert.error?.message ?? convert.stderr}`);
  // What nbconvert's page would fetch (MathJax, widgets) stays away: a reader may be offline.
  await page.route('**/*', route => (route.request().url().startsWith('http') ? route.abort() : route.continue()));
  await page.setContent(readFileSync(html, 'utf8'), { waitUntil: 'domcontentloaded' });
  faults += judge('nbconvert', await looked(page, '.jp-CodeCell'));
  await page.screenshot({ path: path.join(pictures, 'nbconvert.png'), fullPage: true });
} finally {
  await browser.close();
  notebook.kill();
  if (pictures !== folder) console.log(`the pictures are in ${pictures}`);
  rmSync(folder, { recursive: true, force: true });
}
process.exitCode = faults === 0 ? 0 : 1;
