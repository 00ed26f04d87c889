/** `put-page doctor`: will this machine do? Each line is one check, with what to do if it fails. */
import { accessSync, constants, existsSync, statfsSync } from 'node:fs';
import { createServer } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { browserCommand } from '../app/open-browser.js';
import { DEFAULT_PORT } from '../app/options.js';
import { makeFolder, packageRoot, pathsOf } from '../app/paths.js';
import { KernelClient } from '../jupyter/client/kernel-client.js';
import { one } from './arguments.js';
import type { Given } from './spec.js';

/** Good; good enough, with a remark; or what to do. */
type Found = readonly [state: 'ok' | 'note' | 'FAIL', says: string];

const GIB = 2 ** 30;
/** A kernel takes some 200 MB, a browser tab as much. */
const LEAST_MEMORY = 1.5 * GIB;
const LEAST_DISK = 0.3 * GIB;

/** Runs the command; returns the exit code: 1 if something must be done first. */
export async function main(given: Given): Promise<number> {
  const state = one(given, '--state');
  const paths = pathsOf(packageRoot(), undefined, state === undefined ? undefined : path.resolve(state));
  const checks: readonly (readonly [name: string, check: () => Found | Promise<Found>])[] = [
    ['Node', node],
    ['memory', memory],
    ['folder for your copies', () => folder(paths.state)],
    ['disk', () => disk(paths.state)],
    ['notebooks', () => notebooks(paths.notebooks)],
    ['port', port],
    ['browser', browser],
    ['kernel', kernel],
  ];
  let failed = false;
  for (const [name, check] of checks) {
    const [status, says] = await check();
    failed ||= status === 'FAIL';
    process.stdout.write(`${status.padEnd(5)}${name}: ${says}\n`);
  }
  process.stdout.write(failed ? 'Fix what says FAIL, and try again.\n' : 'This machine will do: put-page start.\n');
  return failed ? 1 : 0;
}

function node(): Found {
  // An older one has been refused before this runs.
  return ['ok', `${process.version} on ${os.platform()}-${os.arch()} (20.19 or newer is needed)`];
}

function memory(): Found {
  const free = os.freemem();
  const said = `${(os.totalmem() / GIB).toFixed(1)} GiB, of which ${(free / GIB).toFixed(1)} are free`;
  return free >= LEAST_MEMORY ? ['ok', said] : ['note', `${said}: close other programs if the page is slow`];
}

function folder(dir: string): Found {
  try {
    makeFolder(dir);
    accessSync(dir, constants.W_OK);
    return ['ok', dir];
  } catch (error) {
    return [
      'FAIL',
      `${dir} cannot be written (${(error as NodeJS.ErrnoException).code}): start with --state DIR, a folder of yours`,
    ];
  }
}

function disk(dir: string): Found {
  let at = dir;
  while (!existsSync(at) && path.dirname(at) !== at) at = path.dirname(at);
  const { bavail, bsize } = statfsSync(at);
  const free = bavail * bsize;
  const said = `${(free / GIB).toFixed(1)} GiB are free there`;
  return free >= LEAST_DISK
    ? ['ok', said]
    : ['FAIL', `${said}: at least ${LEAST_DISK / GIB} GiB are needed for copies and outputs`];
}

function notebooks(dir: string): Found {
  return existsSync(path.join(dir, '00-start-here.ipynb'))
    ? ['ok', 'they are here']
    : ['FAIL', `there are none in ${dir}: the kit is incomplete; unpack or clone it again`];
}

function port(): Promise<Found> {
  return new Promise(resolve => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) =>
      resolve(
        error.code === 'EADDRINUSE'
          ? ['note', `${DEFAULT_PORT} is taken: the next free one will be used`]
          : ['FAIL', `nothing can listen on 127.0.0.1 (${error.code}): does a firewall forbid it?`],
      ),
    );
    server.listen(DEFAULT_PORT, '127.0.0.1', () =>
      server.close(() => resolve(['ok', `127.0.0.1:${DEFAULT_PORT} is free`])),
    );
  });
}

function browser(): Found {
  return browserCommand(process.platform, process.env) === null
    ? ['note', 'there is no display here: open the address that start prints in a browser on this machine']
    : ['ok', 'it will be opened for you'];
}

async function kernel(): Promise<Found> {
  const began = performance.now();
  try {
    const client = await KernelClient.start();
    try {
      const { outputs, status } = await client.execute(
        "import { zoneDeviceLeak } from 'put-page';\nzoneDeviceLeak({ release: '5.4' }).explore().verdict",
        { timeoutMs: 60_000 },
      );
      const text = JSON.stringify(outputs);
      if (status !== 'ok' || !text.includes('holds')) return ['FAIL', `a cell went wrong: ${text.slice(0, 300)}`];
      return [
        'ok',
        `it ran a cell with a search, ${((performance.now() - began) / 1000).toFixed(1)} s after its start`,
      ];
    } finally {
      await client.shutdown();
    }
  } catch (error) {
    return ['FAIL', `${error instanceof Error ? error.message : error}. Unpack or install the kit again: npm ci`];
  }
}
