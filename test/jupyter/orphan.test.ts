import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import test from 'node:test';
import { until, within } from '../until.js';

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

test('a kernel in an endless loop ends when the program that started it was killed', async () => {
  const client = new URL(import.meta.resolve('#src/jupyter/client/kernel-client.js')).href;
  const program = `
    const { KernelClient } = await import(${JSON.stringify(client)});
    const kernel = await KernelClient.start();
    console.log(kernel.pid);
    kernel.onRaw = (channel, parts) => {
      if (channel === 'iopub' && Buffer.from(parts[3]).includes('looping')) console.log('looping');
    };
    await kernel.execute("console.log('loop' + 'ing');\\nwhile (true) {}");
  `;
  const temporary = mkdtempSync(path.join(tmpdir(), 'put-page-orphan-'));
  const parent = spawn(process.execPath, ['--input-type=module', '-e', program], {
    env: { ...process.env, TMPDIR: temporary },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  parent.stdout.setEncoding('utf8').on('data', text => {
    said += text;
  });
  await until('the kernel is in its loop', () => said.includes('looping'));
  const kernel = Number.parseInt(said, 10);
  assert.ok(alive(kernel));
  const exit = once(parent, 'exit');
  parent.kill('SIGKILL');
  await within('the end of the program', exit);
  await until('the end of the kernel', () => !alive(kernel));
  assert.deepEqual(readdirSync(temporary), [], 'the connection file with its key is still there');
  rmSync(temporary, { recursive: true });
});
