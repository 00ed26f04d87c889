/** A program, cut into cells anywhere, prints what the same program prints as one module. */
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import test from 'node:test';
import { format } from 'node:util';
import type * as TS from '@tslab/typescript-for-tslab';
import fc from 'fast-check';
import { KernelClient } from '#src/jupyter/client/kernel-client.js';
import { cellsOf, type Program, programs } from './programs.js';

const count = 200;
const seed = 59;
const ts: typeof TS = createRequire(import.meta.url)('@tslab/typescript-for-tslab');

/** What the program prints when Node runs it as an ES module. */
async function asModule({ statements }: Program): Promise<string> {
  const lines: string[] = [];
  const host = globalThis as unknown as { printed?: (...values: unknown[]) => void };
  host.printed = (...values) => void lines.push(`${format(...values)}\n`);
  const source = `const console = { log: globalThis.printed };\n${statements.join('\n')}`;
  const { outputText } = ts.transpileModule(source, {
    compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022 },
  });
  await import(`data:text/javascript;base64,${Buffer.from(outputText).toString('base64')}`);
  return lines.join('');
}

async function asCells(kernel: KernelClient, program: Program): Promise<string> {
  let text = '';
  for (const cell of cellsOf(program)) {
    const { status, outputs } = await kernel.execute(cell, { timeoutMs: 60_000 });
    const printed = outputs.flatMap(output => (output.output_type === 'stream' ? [output.text] : []));
    assert.equal(status, 'ok', `${cell}\n---\n${JSON.stringify(outputs, null, 1)}`);
    text += printed.join('');
  }
  return text;
}

test(`${count} programs print the same in cells as in one module`, async () => {
  const kernel = await KernelClient.start();
  try {
    let cells = 0;
    for (let id = 0; id < count; id++) {
      const [program] = fc.sample(programs(id), { numRuns: 1, seed: seed + id });
      assert.ok(program !== undefined);
      const wanted = await asModule(program);
      const got = await asCells(kernel, program);
      const shown = cellsOf(program).join('\n// ----\n');
      assert.equal(got, wanted, `program ${id} (seed ${seed + id}):\n${shown}`);
      cells += program.cuts.size + 1;
    }
    assert.ok(cells > 2 * count, `only ${cells} cells`);
  } finally {
    await kernel.shutdown();
  }
});
