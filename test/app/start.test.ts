/** `put-page start` as a reader runs it: a process, its words, its end. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import test from 'node:test';
import { listen } from '#src/app/http/listen.js';
import { within } from '../until.js';
import { fixtures, root } from './serve.js';

interface Run {
  readonly child: ChildProcess;
  /** What was written so far. */
  text(): string;
  /** Waits until it has written something that matches. */
  says(pattern: RegExp): Promise<RegExpExecArray>;
}

function start(...args: string[]): Run {
  const child = spawn(process.execPath, [path.join(root, 'dist', 'cli.js'), 'start', '--no-browser', ...args]);
  let text = '';
  let wake = (): void => {};
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (data: Buffer) => {
      text += data.toString();
      wake();
    });
  child.on('exit', () => wake());
  const says = async (pattern: RegExp): Promise<RegExpExecArray> => {
    for (;;) {
      const found = pattern.exec(text);
      if (found !== null) return found;
      if (child.exitCode !== null) throw new Error(`ended with ${child.exitCode} before it said ${pattern}:\n${text}`);
      await new Promise<void>(resolve => {
        wake = resolve;
      });
    }
  };
  return { child, text: () => text, says };
}

async function end(run: Run): Promise<number | null> {
  if (run.child.exitCode !== null) return run.child.exitCode;
  const exited = once(run.child, 'exit');
  run.child.kill('SIGINT');
  await exited;
  return run.child.exitCode;
}

test('a taken port gives the next one, says so, and Ctrl-C ends the run', { timeout: 120_000 }, async () => {
  const other = createServer();
  const taken = await listen(other, 0);
  const run = start('--port', String(taken), '--notebooks', fixtures);
  try {
    const [, port] = await run.says(/http:\/\/127\.0\.0\.1:(\d+)\/\?token=[\w-]{32}\n/);
    assert.notEqual(Number(port), taken);
    assert.match(run.text(), new RegExp(`Port ${taken} is taken; this is port ${port}`));
    const [address = ''] = await run.says(/http:\S+/);
    assert.equal((await fetch(address)).status, 200);
    assert.equal((await fetch(`http://127.0.0.1:${port}/`)).status, 403);
  } finally {
    const code = await end(run);
    other.close();
    assert.equal(code, 0, run.text());
  }
});

test('what cannot work is said before anything starts', { timeout: 60_000 }, async () => {
  const empty = mkdtempSync(path.join(tmpdir(), 'put-page-empty-'));
  const cases: readonly (readonly [string[], RegExp])[] = [
    [['--notebooks', path.join(empty, 'none')], /there is no folder .*none/],
    [['--notebooks', empty], /there is no \.ipynb file in/],
    [['--port', 'x'], /--port wants a number/],
  ];
  for (const [args, sentence] of cases) {
    const run = start(...args);
    await run.says(sentence);
    if (run.child.exitCode === null) await within('exit', once(run.child, 'exit'));
    assert.ok(run.child.exitCode === 1 || run.child.exitCode === 3, run.text());
  }
  rmSync(empty, { recursive: true });
});
