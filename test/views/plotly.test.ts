/** The plotly JSON of every figure in real plotly, in headless Chromium: it validates, it draws, the console stays empty, text stays inside. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import test, { after, before } from 'node:test';
import { type Browser, chromium, type Page } from 'playwright-core';
import { gallery } from './gallery.js';

const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium';
const there = existsSync(executablePath);
const skip = there
  ? false
  : `there is no Chromium at ${executablePath} (set CHROMIUM): figures are not checked in real plotly`;
/** `Plotly.validate` calls the arguments of a slider's steps changed, since it copies them. */
const KNOWN = /sliders\[\d+\]\.steps\[\d+\]\.args\[\d\].*got reset/;

let browser: Browser | undefined;
let page: Page | undefined;
const said: string[] = [];

before(async () => {
  if (!there) return;
  browser = await chromium.launch({
    executablePath,
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'],
  });
  page = await browser.newPage({ viewport: { width: 840, height: 900 } });
  page.on('console', m => {
    if (m.type() === 'error' || m.type() === 'warning') said.push(m.text());
  });
  page.on('pageerror', e => said.push(e.message));
  await page.setContent('<!doctype html><body style="margin:0"><div id="plot"></div></body>');
  await page.addScriptTag({ path: createRequire(import.meta.url).resolve('plotly.js') });
});
after(() => browser?.close());

/** Runs in the page: draws, and says what plotly's validation found and which texts are cut off. */
const DRAW = `async figure => {
  const found = (Plotly.validate(figure.data, figure.layout) ?? []).map(f => f.msg);
  await Plotly.newPlot('plot', JSON.parse(JSON.stringify(figure)));
  const sheet = document.getElementById('plot').getBoundingClientRect();
  const out = [...document.querySelectorAll('#plot svg text')].filter(t => {
    const r = t.getBoundingClientRect();
    return r.width > 1 && (r.left < sheet.left - 1 || r.right > sheet.left + figure.layout.width + 1 || r.top < sheet.top - 1 || r.bottom > sheet.top + figure.layout.height + 1);
  }).map(t => t.textContent);
  const bars = () => document.querySelectorAll('#plot .barlayer .point path').length;
  const before = bars();
  for (const stop of figure.layout.sliders?.[0]?.steps ?? []) await Plotly.animate('plot', ...stop.args);
  return { lost: before - bars(), found, out, marks: document.querySelectorAll('#plot .trace path, #plot .hm image').length };
}`;

for (const [name, make] of Object.entries(gallery))
  test(`${name} in plotly: valid, drawn, silent, nothing cut off`, { skip }, async () => {
    said.length = 0;
    const seen = (await page?.evaluate(`(${DRAW})(${JSON.stringify(make().plotly)})`)) as {
      found: string[];
      out: string[];
      marks: number;
      lost: number;
    };
    assert.deepEqual(
      seen.found.filter(m => !KNOWN.test(m)),
      [],
    );
    assert.deepEqual(seen.out, []);
    assert.equal(seen.lost, 0, 'stepping takes bars away');
    assert.ok(seen.marks > 0, 'plotly drew nothing');
    assert.deepEqual(said, []);
  });
