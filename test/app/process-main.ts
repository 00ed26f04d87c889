/**
 * A server in a process of its own, for tests that try to end it: `process-main.js ORIGINALS STATE [kernel]`. It tells
 * its port, and what it holds and has used when asked.
 */
import { pathsOf } from '#src/app/paths.js';
import { startServer } from '#src/app/server.js';
import { noPage, root, TOKEN } from './serve.js';

const [originals = '', state = '', wanted] = process.argv.slice(2);
let mishaps = 0;
const app = await startServer({
  paths: pathsOf(root, originals, state),
  built: noPage,
  port: 0,
  token: TOKEN,
  onMishap: error => {
    mishaps++;
    console.error(error);
  },
});
const kernel = wanted === 'kernel' ? (await app.kernels.take()).id : '';
process.on('message', () => {
  // --expose-gc is given: what is left after a collection is held by somebody.
  global.gc?.();
  const { heapUsed, external } = process.memoryUsage();
  const { user, system } = process.cpuUsage();
  process.send?.({ mishaps, held: heapUsed + external, cpuSeconds: (user + system) / 1e6 });
});
process.on('disconnect', () => void app.close().then(() => process.exit(0)));
process.send?.({ port: app.port, kernel });
