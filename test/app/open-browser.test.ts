import assert from 'node:assert/strict';
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import test from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { openBrowser } from '#src/app/open-browser.js';

const url = 'http://127.0.0.1:8888/?token=secret-of-this-run';

test('the browser is given a file that only this user can read, never the token', {
  skip: process.platform === 'win32',
}, async () => {
  const dir = mkdtempSync(path.join(tmpdir(), 'put-page-open-'));
  const state = path.join(dir, 'state');
  // A program in the place of xdg-open that writes down what it was called with.
  const told = path.join(dir, 'argv');
  const program = path.join(dir, 'xdg-open');
  writeFileSync(program, `#!/bin/sh\necho "$0 $*" > '${told}.'$$; mv '${told}.'$$ '${told}'\n`);
  chmodSync(program, 0o755);
  const env = { PATH: `${dir}:${process.env.PATH}`, DISPLAY: ':0' };
  openBrowser(url, state, env, 'linux');
  const opening = openBrowser(url, state, env, 'linux');
  for (let i = 0; i < 200 && !existsSync(told); i++) await sleep(50);
  const argv = readFileSync(told, 'utf8');
  assert.doesNotMatch(argv, /secret|token/);
  const [name = '', ...more] = readdirSync(state);
  assert.deepEqual(more, [], 'the file of an earlier run is deleted');
  const file = path.join(state, name);
  assert.equal(statSync(file).mode & 0o777, 0o600);
  assert.ok(readFileSync(file, 'utf8').includes(`url=${url}`));
  opening?.close();
  assert.deepEqual(readdirSync(state), []);
  assert.equal(openBrowser(url, state, {}, 'linux'), null);
  assert.deepEqual(readdirSync(state), [], 'without a display nothing is written');
  // The second program may still be writing: what it adds meanwhile makes the folder not empty.
  for (let tries = 0; existsSync(dir) && tries < 50; tries++) {
    try {
      rmSync(dir, { recursive: true, force: true });
    } catch {
      await sleep(50);
    }
  }
});
