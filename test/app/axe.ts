/** axe-core on a page: whatever it calls serious or critical is an error. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { root } from './serve.js';

/** The part of axe's answer that is looked at. */
interface Violation {
  readonly id: string;
  readonly impact: string | null;
  readonly help: string;
  readonly nodes: readonly { readonly target: readonly unknown[]; readonly failureSummary?: string }[];
}

const SHOWN = 4;

/** @param what names the page in the error */
export async function accessible(page: Page, what: string): Promise<void> {
  if (!(await page.evaluate("'axe' in window")))
    await page.evaluate(readFileSync(path.join(root, 'node_modules', 'axe-core', 'axe.min.js'), 'utf8'));
  const { violations } = (await page.evaluate("axe.run(document, { resultTypes: ['violations'] })")) as {
    violations: readonly Violation[];
  };
  const grave = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
  const said = grave.map(({ id, help, nodes }) => {
    const places = nodes.slice(0, SHOWN).map(node => `${node.target.join(' ')}\n    ${node.failureSummary ?? ''}`);
    return `${what}: ${id}: ${help} (${nodes.length})\n  ${places.join('\n  ')}`;
  });
  assert.equal(said.join('\n'), '');
}
