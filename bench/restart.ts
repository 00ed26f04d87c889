/**
 * *Restart & run all* of notebook 01 in the real application: from the click to the last cell that has run.
 *
 *   node dist-test/bench/restart.js [RUNS]
 */
import path from 'node:path';
import { packageRoot } from '#src/app/paths.js';
import { builtPage, idle, launch, openPage, ready, runAll, until } from '../test/app/browser.js';
import { serve } from '../test/app/serve.js';
import { median } from './figures.js';

const runs = Number(process.argv[2] ?? 5);
const server = await serve(await builtPage(), path.join(packageRoot(), 'notebooks'));
const browser = await launch();
try {
  const { page } = await openPage(browser);
  await page.goto(server.app.url.replace('/?', '/notebook/01-zone-device-leak.ipynb?'));
  await ready(page);
  await runAll(page);
  const times: number[] = [];
  for (let i = 0; i < runs; i++) {
    await idle(page);
    const began = performance.now();
    await page.click('[data-command="restart-run-all"]');
    const prompts = page.locator('.jp-CodeCell .jp-InputPrompt');
    // The prompts are emptied first; the last one gets its number last. The page's policy allows no code as text.
    for (const ran of [false, true])
      await until('the prompts', async () => {
        const all = await prompts.allInnerTexts();
        return ran ? all.every(t => /^\[\d+\]:$/.test(t)) : all.some(t => !/\d/.test(t));
      });
    times.push((performance.now() - began) / 1000);
  }
  console.log(
    `restart and run all of 01: ${median(times).toFixed(1)} s (median of ${runs}; ${times.map(t => t.toFixed(1)).join(', ')})`,
  );
} finally {
  await browser.close();
  await server.close();
}
