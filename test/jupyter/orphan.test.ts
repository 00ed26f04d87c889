import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import test from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';

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
    await kernel.execute('while (true) {}');
  `;
  const temporary = mkdtempSync(path.join(tmpdir(), 'put-page-orphan-'));
  const parent = spawn(process.execPath, ['--input-type=module', '-e', program], {
    env: { ...process.env, TMPDIR: temporary },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = await once(parent.stdout, 'data');
  const kernel = Number(String(line));
  assert.ok(alive(kernel));
  await sleep(200);
  parent.kill('SIGKILL');
  await once(parent, 'exit');
  for (let i = 0; i < 100 && alive(kernel); i++) await sleep(100);
  assert.ok(!alive(kernel), 'the kernel still runs 10 s later');
  assert.deepEqual(readdirSync(temporary), [], 'the connection file with its key is still there');
  rmSync(temporary, { recursive: true });
});
