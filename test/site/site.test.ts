/** The site: pages that are whole without a script, from any folder of any host, and light enough for a telephone. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { projectRoot } from '#src/jupyter/project-root.js';
import { buildSite } from '#src/site/build.js';
import { coloured, decoded, NONE } from '#src/site/decoded.js';
import { ranked, snippet } from '#src/site/rank.js';
import type { Entry } from '#src/site/search-index.js';
import { lessons } from '#src/stories/index.js';
import { linksIn, loadedBy, type Site, sharedSite, weightOf } from './pages.js';
import './in-browser.js';

/** A page may weigh so much before anybody touches it, compressed. */
const MOST_BYTES = 400_000;

let site: Site;
before(async () => {
  site = await sharedSite();
});
after(() => site?.remove());

test('every notebook is a page, with all its text and figures before any script runs', () => {
  for (const { notebook } of lessons) {
    const html = site.text(`${notebook}.html`);
    const { cells } = JSON.parse(readFileSync(path.join(projectRoot, 'notebooks', `${notebook}.ipynb`), 'utf8')) as {
      cells: { cell_type: string; id: string; outputs?: { data?: Record<string, unknown> }[] }[];
    };
    for (const { id } of cells)
      assert.ok(html.includes(`data-cell="${id}"`), `${notebook}: the cell ${id} is not there`);
    const figures = cells.flatMap(cell => (cell.outputs ?? []).filter(o => o.data?.['image/svg+xml'] !== undefined));
    assert.ok(figures.length > 0, notebook);
    assert.equal(
      [...html.matchAll(/<img loading="lazy" decoding="async" width="\d+" height="\d+" alt="[^"]+"/g)].length,
      figures.length,
      notebook,
    );
    assert.match(html, /<source media="\(max-width: 640px\)"/, `${notebook} has no figure set for a telephone`);
  }
});

test(`no page weighs more than ${MOST_BYTES / 1000} kB compressed`, () => {
  const heavy = site.pages.map(page => [page, weightOf(site, page)] as const).filter(([, bytes]) => bytes > MOST_BYTES);
  assert.deepEqual(heavy, []);
  assert.ok(weightOf(site, 'index.html') > 3000, 'nothing was weighed');
});

test('every address is relative and leads somewhere', () => {
  assert.ok(site.pages.length >= lessons.length + 2);
  for (const page of site.pages) {
    const html = site.text(page);
    for (const address of loadedBy(html)) assert.ok(site.files.includes(address), `${page} loads ${address}`);
    for (const link of linksIn(html).filter(one => !one.startsWith('https://'))) {
      const [file = '', anchor] = link.split('#');
      const to = file === '' ? page : file;
      assert.ok(site.files.includes(to), `${page} links to ${link}`);
      const there = anchor === undefined || site.text(to).includes(` id="${decodeURIComponent(anchor)}"`);
      assert.ok(there, `${page}: ${link} has no such place`);
    }
  }
});

test('a page may load from its own site only, and holds no script and no style of its own', () => {
  for (const page of site.pages) {
    const html = site.text(page);
    const policy = /http-equiv="Content-Security-Policy" content="([^"]+)"/.exec(html)?.[1] ?? '';
    assert.match(policy, /^default-src 'none'; script-src /, page);
    assert.doesNotMatch(policy, /https?:|\*|script-src[^;]*unsafe/, page);
    // Plotly and the editor write style sheets of their own into a page that is live.
    assert.equal(/unsafe/.test(policy), html.includes('class="live"'), page);
    const markup = html.replaceAll(/data:image\/svg\+xml,[^"]*|<pre[\s\S]*?<\/pre>/g, '');
    if (page === 'decode.html') continue;
    assert.doesNotMatch(
      markup,
      /\son\w+="|\sstyle="|<(style|iframe|object|embed|base|form)\b|<script(?![^>]*\ssrc=)/i,
      page,
    );
  }
  for (const file of site.files.filter(one => one.endsWith('.css')))
    assert.doesNotMatch(site.text(file), /url\(["']?(?!data:)|@import/, file);
});

test('the decoder is one file that may connect to nothing, and runs its own script only', () => {
  const html = site.text('decode.html');
  const policy = /http-equiv="Content-Security-Policy" content="([^"]+)"/.exec(html)?.[1] ?? '';
  const hash = (tag: string): string => {
    const [, text = ''] = new RegExp(`<${tag}[^>]*>([\\s\\S]*?)</${tag}>`).exec(html) ?? [];
    assert.ok(text.length > 1000, tag);
    return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
  };
  const own = `script-src ${hash('script')}; style-src ${hash('style')}`;
  assert.equal(
    policy,
    `default-src 'none'; ${own}; connect-src 'none'; img-src data:; base-uri 'none'; form-action 'none'`,
  );
  assert.deepEqual([html.split('<script').length, html.split('<style').length], [2, 2]);
  assert.deepEqual(loadedBy(html), []);
});

const plainOf = (log: string, json: boolean, release?: string): string =>
  coloured(decoded(log, json, release).output)
    .map(run => run.text)
    .join('');

test('the page of the decoder says what the command says', () => {
  const folder = path.join(projectRoot, 'data', 'splats');
  const logs = readdirSync(folder).filter(name => name.endsWith('.log'));
  assert.ok(logs.length > 0);
  const two = `${readFileSync(path.join(folder, logs[0] ?? ''), 'utf8')}BUG: Bad page state in process x  pfn:1\npage:1 refcount:-1 mapcount:0 mapping:0 index:0x0 pfn:0x1\n`;
  for (const log of [...logs.map(name => readFileSync(path.join(folder, name), 'utf8')), two, 'nothing here\n'])
    for (const args of [[], ['--json'], ['--release', '5.10']]) {
      const command = spawnSync(process.execPath, [path.join(projectRoot, 'dist/cli.js'), 'decode', '-', ...args], {
        input: log,
        encoding: 'utf8',
      });
      assert.equal(plainOf(log, args.includes('--json'), args[1]), command.stdout);
      if (log !== 'nothing here\n') assert.match(command.stdout, /bad_page_state|Bad page state/);
      else assert.equal(command.stderr, `put-page decode: ${NONE.replace('this text', 'standard input')}\n`);
    }
});

test('each heading can be linked to; the search leads to it', () => {
  const entries = JSON.parse(site.text('assets/search.json')) as Entry[];
  assert.ok(entries.length > 150, `only ${entries.length} entries`);
  const bare = (html: string): string =>
    html
      .replaceAll(/<[^>]+>/g, '')
      .replaceAll('&quot;', '"')
      .replaceAll('&#39;', "'")
      .replaceAll('&lt;', '<')
      .replaceAll('&gt;', '>')
      .replaceAll('&amp;', '&');
  for (const { to, title, of } of entries) {
    const [file = '', anchor] = to.split('#');
    const html = site.text(file);
    const found =
      anchor === undefined
        ? /<h1[^>]*>(.*?) <a class="here"/.exec(html)
        : new RegExp(`<(?:h2|dt) id="${anchor.replaceAll('.', '\\.')}">(.*?) <a class="here"`).exec(html);
    assert.equal(bare(found?.[1] ?? ''), title, `${of}: ${to}`);
  }
});

test('the search finds words at their beginning, the word itself first', () => {
  const entries = JSON.parse(site.text('assets/search.json')) as Entry[];
  const { found, words } = ranked(entries, 'Pin');
  assert.equal(found[0]?.to, 'glossary.html#pin');
  assert.ok(found.some(entry => entry.of === '03'));
  assert.ok(!ranked(entries, 'apping').found.some(entry => entry.title.includes('mapping')));
  assert.deepEqual(ranked(entries, 'no-such-word').found, []);
  assert.ok(ranked(entries, 'unbind sleeps').found.every(e => /unbind/i.test(e.title + e.text)));
  assert.match(snippet(found[0]?.text ?? '', words), /pin/);
  assert.ok(snippet('x '.repeat(400), ['x']).length < 160);
});

test('a folder that holds something else is left alone', async () => {
  const dir = mkdtempSync(path.join(tmpdir(), 'put-page-other-'));
  try {
    mkdirSync(path.join(dir, 'mine'));
    writeFileSync(path.join(dir, 'mine', 'a'), 'a');
    await assert.rejects(buildSite(dir), /holds files that are not a site/);
    assert.equal(readFileSync(path.join(dir, 'mine', 'a'), 'utf8'), 'a');
    const asked = (...words: string[]): string => {
      const { status, stderr, stdout } = spawnSync(
        process.execPath,
        [path.join(projectRoot, 'dist', 'site', 'main.js'), ...words],
        { encoding: 'utf8' },
      );
      return `${status} ${stderr}${stdout}`;
    };
    assert.match(asked('--out', dir), /^1 no site was made: .* holds files that are not a site of put-page[^\n]*\n$/);
    assert.match(asked('--out', path.join(dir, 'mine', 'a')), /^1 no site was made: ENOTDIR[^\n]*\n$/);
    assert.match(asked('--uot', dir), /^2 Unknown option '--uot'\nusage: npm run site/);
    assert.match(asked('--help'), /^0 usage: npm run site/);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
});
