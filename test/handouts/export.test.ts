/// <reference lib="dom" />
/** put-page export: pages that need nothing, with and without answers. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import type { Browser } from 'playwright-core';
import { findChromium } from '#src/commands/chromium.js';
import { readGlossary } from '#src/handouts/index.js';
import { renderMarkdown } from '#src/handouts/markdown.js';
import { picture } from '#src/handouts/output.js';
import { projectRoot } from '#src/jupyter/project-root.js';
import { lessons } from '#src/stories/index.js';
import { CHROMIUM, launch, noBrowser } from '../app/browser.js';

const cli = path.join(projectRoot, 'dist/cli.js');
const dir = mkdtempSync(path.join(tmpdir(), 'put-page-handouts-'));
after(() => rmSync(dir, { recursive: true, force: true }));

function exported(args: readonly string[], env: NodeJS.ProcessEnv = {}) {
  const r = spawnSync(process.execPath, [cli, 'export', ...args], {
    encoding: 'utf8',
    cwd: dir,
    env: { ...process.env, ...env },
  });
  return { code: r.status, out: r.stdout, err: r.stderr };
}

const read = (folder: string, name: string): string => readFileSync(path.join(dir, folder, name), 'utf8');
const names = lessons.map(lesson => lesson.notebook);

before(() => {
  for (const solutions of ['none', 'end', 'inline']) {
    const { code, err } = exported(['--solutions', solutions, '--out', solutions]);
    assert.deepEqual([code, err], [0, '']);
  }
});

test('each notebook is a page, and a worksheet where there are bets', () => {
  const withBets = lessons
    .filter(lesson => lesson.predictions.length > 0)
    .map(lesson => `${lesson.notebook}-worksheet`);
  assert.ok(withBets.length > 3);
  assert.deepEqual(readdirSync(path.join(dir, 'none')).sort(), [...names, ...withBets].map(n => `${n}.html`).sort());
});

test('a page asks for nothing and runs nothing', () => {
  for (const file of readdirSync(path.join(dir, 'inline'))) {
    const html = read('inline', file);
    assert.match(html, /Content-Security-Policy" content="default-src 'none'/, file);
    assert.doesNotMatch(
      html,
      /<(script|link|iframe|object|embed|video|audio|base|form|svg)\b|@import|url\((?!%23pattern-)|\son\w+=/i,
      file,
    );
    const sources = [...html.matchAll(/\bsrc(?:set)?="([^"]{0,30})/g)].map(match => match[1] ?? '');
    assert.deepEqual(
      sources.filter(src => !/^data:image\/(svg\+xml,<svg|png;base64,)|^data:image\/svg\+xml,&lt;svg/.test(src)),
      [],
      file,
    );
  }
});

test('every figure of the notebook is on the page, with its sentence', () => {
  for (const name of names) {
    const { cells } = JSON.parse(readFileSync(path.join(projectRoot, 'notebooks', `${name}.ipynb`), 'utf8')) as {
      cells: { outputs?: { data?: Record<string, unknown> }[] }[];
    };
    const figures = cells.flatMap(cell => (cell.outputs ?? []).filter(o => o.data?.['image/svg+xml'] !== undefined));
    const shown = [...read('none', `${name}.html`).matchAll(/<figure><img width="\d+" height="\d+" alt="[^"]+"/g)];
    assert.equal(shown.length, figures.length, name);
    assert.ok(figures.length > 0, name);
  }
});

test('answers are where they were asked for', () => {
  const bet = 'Each fault takes one reference, and neither gives it back.';
  const answered = (folder: string) => read(folder, '01-zone-device-leak.html').split('class="answer"').length - 1;
  const lesson = lessons.find(one => one.notebook.startsWith('01'));
  assert.ok(lesson !== undefined);
  const all = lesson.predictions.length + lesson.exercises.length;
  assert.deepEqual([answered('none'), answered('end')], [0, all]);
  assert.equal(answered('inline'), all, 'an answer has no place beside its bet or exercise');
  assert.ok(!read('none', '01-zone-device-leak.html').includes(bet));
  const end = read('end', '01-zone-device-leak.html');
  assert.ok(end.indexOf(bet) > end.indexOf('<h2>Answers</h2>'));
  assert.doesNotMatch(end, /open: the model was not asked/);
  assert.match(read('none', '01-zone-device-leak.html'), /<details class="folded"><summary>Bet first/);
});

test('the bets stand on the worksheet in the order of the notebook, without an answer', () => {
  for (const lesson of lessons) {
    if (lesson.predictions.length === 0) continue;
    const sheet = read('none', `${lesson.notebook}-worksheet.html`);
    const source = readFileSync(path.join(projectRoot, 'notebooks', `${lesson.notebook}.ts`), 'utf8');
    const placed = lesson.predictions
      .map(p => [source.indexOf(`predict('${p.id}'`), sheet.indexOf(p.question.slice(0, 25).replaceAll('"', '&quot;'))])
      .sort(([a = 0], [b = 0]) => a - b)
      .map(([, at = -1]) => at);
    const readOn = source.search(/^\/\/ ## Read on/m);
    const later = lesson.predictions.filter(p => readOn >= 0 && source.indexOf(`predict('${p.id}'`) > readOn);
    const parted = sheet.indexOf('after “Read on”');
    assert.equal(parted >= 0, later.length > 0, lesson.notebook);
    for (const p of later) assert.ok(sheet.indexOf(p.question.slice(0, 25).replaceAll('"', '&quot;')) > parted, p.id);
    assert.ok(!placed.includes(-1), lesson.notebook);
    assert.deepEqual(
      placed,
      [...placed].sort((a, b) => a - b),
      lesson.notebook,
    );
  }
});

test('a word of the glossary says its meaning; no link leads into the clone', () => {
  const page = read('none', '01-zone-device-leak.html');
  assert.match(page, /<a class="word" href="#word-gup"><abbr title="get_user_pages\(\) and its relatives: [^"]+">gup/);
  assert.match(page, /<dt id="word-gup">gup<\/dt>/);
  for (const name of names) {
    const html = read('none', `${name}.html`);
    const links = [...html.matchAll(/href="([^"]+)"/g)].map(match => match[1] ?? '');
    const inside = links.filter(to => to.startsWith('#'));
    assert.deepEqual(
      links.filter(to => !/^(https:\/\/|#)/.test(to) && !names.includes(to.replace(/\.html$/, ''))),
      [],
      name,
    );
    for (const to of inside) assert.ok(html.includes(`id="${to.slice(1)}"`), `${name}: ${to}`);
  }
});

test('what is typed into markdown can neither run nor load', () => {
  const links = { glossary: readGlossary(''), used: new Set<string>(), notebook: () => undefined };
  const html = renderMarkdown(
    '<img src=x onerror=alert(1)>\n\n<b onclick="x()">b</b> <details open><summary>s</summary></details>\n\n' +
      '![p](http://example.org/p.png) [j](javascript:alert(1)) <iframe src="//example.org"></iframe>\n\n<script>x()</script>',
    links,
  );
  assert.doesNotMatch(html, /<(img|script|iframe|a)\b|<b [^>]/);
  assert.match(html, /<b>b<\/b> <details><summary>s<\/summary><\/details>/);
  assert.doesNotMatch(picture('<svg width="1" height="1"><a b="</figure><script>"/></svg>', 't'), /<script|"<\/figure/);
});

test('bad input has a sentence, and exit code 3', () => {
  writeFileSync(path.join(dir, 'broken.ipynb'), '{');
  writeFileSync(path.join(dir, 'a-file'), '');
  for (const [args, says] of [
    [['09'], /no notebook is called '09'; expected a number, a name or an \.ipynb file: 00-start-here/],
    [['none.ipynb'], /there is no file 'none\.ipynb'/],
    [['broken.ipynb'], /broken\.ipynb/],
    [['01', '--format', 'docx'], /--format docx: expected html \| pdf \| slides/],
    [['01', '--solutions', 'all'], /expected none \| end \| inline/],
    [['01', '--out', 'a-file/x'], /--out .* is not a writable folder/],
  ] as const) {
    const { code, err } = exported(args);
    assert.equal(code, 3, args.join(' '));
    assert.match(err, says);
    assert.doesNotMatch(err, /\n {4}at /);
  }
});

test('without Chromium the pages are written, and the exit code says that they are no PDF', () => {
  const { code, err } = exported(['00', '--format', 'pdf', '--out', 'no-pdf'], { CHROMIUM: path.join(dir, 'nothing') });
  assert.equal(code, 4);
  assert.match(err, /no Chromium, Chrome or Edge was found/);
  assert.deepEqual(readdirSync(path.join(dir, 'no-pdf')), ['00-start-here-worksheet.html', '00-start-here.html']);
  assert.equal(findChromium({ PATH: '/nowhere' }, 'linux'), undefined);
});

const pagesOf = (pdf: Buffer): number => pdf.toString('latin1').split('/Type /Page\n').length - 1;

test('the command prints a PDF', { skip: noBrowser }, () => {
  const { code, err } = exported(['06', '--format', 'pdf', '--out', 'pdf'], { CHROMIUM });
  assert.deepEqual([code, err], [0, '']);
  assert.ok(pagesOf(readFileSync(path.join(dir, 'pdf', '06-write-the-contract.pdf'))) > 3);
  assert.equal(pagesOf(readFileSync(path.join(dir, 'pdf', '06-write-the-contract-worksheet.pdf'))), 1);
});

/** What sticks out of the page: code that is clipped, a figure wider than the paper or taller than a sheet. */
const clipped = (tallest: number): string[] => {
  const wide = document.documentElement.clientWidth;
  return [...document.querySelectorAll('pre, figure img, table')].flatMap(element => {
    const { width, height } = element.getBoundingClientRect();
    const out = element.scrollWidth > element.clientWidth + 1 && element.tagName === 'PRE';
    const tall = element.tagName === 'IMG' && height > tallest;
    return out || tall || width > wide
      ? [`${element.tagName} ${width}x${height}: ${element.textContent?.slice(0, 60)}`]
      : [];
  });
};

test('on A4 nothing is clipped, figures are whole, a worksheet is one sheet', { skip: noBrowser }, async () => {
  const browser: Browser = await launch();
  try {
    // 178 mm between the margins, at 96 dots an inch.
    const page = await browser.newPage({ viewport: { width: 672, height: 988 } });
    const requests: string[] = [];
    page.on('request', request => {
      if (!/^(file|data):/.test(request.url())) requests.push(request.url());
    });
    await page.emulateMedia({ media: 'print' });
    for (const name of names) {
      await page.goto(`file://${path.join(dir, 'end', `${name}.html`)}`);
      assert.deepEqual(await page.evaluate(clipped, 988), [], name);
    }
    for (const file of readdirSync(path.join(dir, 'none')).filter(name => name.includes('worksheet'))) {
      await page.goto(`file://${path.join(dir, 'none', file)}`);
      assert.equal(pagesOf(await page.pdf({ preferCSSPageSize: true })), 1, file);
    }
    await page.emulateMedia({ media: 'screen' });
    await page.setViewportSize({ width: 390, height: 844 });
    for (const name of names) {
      await page.goto(`file://${path.join(dir, 'none', `${name}.html`)}`);
      assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 390, name);
    }
    assert.deepEqual(requests, []);
  } finally {
    await browser.close();
  }
});
