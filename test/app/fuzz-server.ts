/** A server in a process of its own, for tests that try to end it: it tells its port, and its memory when asked. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathsOf } from '#src/app/paths.js';
import { startServer } from '#src/app/server.js';
import { fixtures, noPage, root, TOKEN } from './serve.js';

let mishaps = 0;
const state = mkdtempSync(path.join(tmpdir(), 'put-page-fuzz-'));
const app = await startServer({
  paths: pathsOf(root, fixtures, state),
  built: noPage,
  port: 0,
  token: TOKEN,
  onMishap: error => {
    mishaps++;
    console.error(error);
  },
});
const kernel = await app.kernels.take();
process.on('message', message => {
  if (message === 'end') void app.close().then(() => process.exit(0));
  // --expose-gc is given: what is left after a collection is held by somebody.
  global.gc?.();
  const { heapUsed, external } = process.memoryUsage();
  const { user, system } = process.cpuUsage();
  process.send?.({ mishaps, held: heapUsed + external, cpuSeconds: (user + system) / 1e6 });
});
process.send?.({ port: app.port, kernel: kernel.id, state });
