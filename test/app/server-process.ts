/**
 * A server in a process of its own, with its folders given, so that a test can end it with SIGKILL and start another in
 * its place. Run as a program it is that process.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { pathsOf } from '#src/app/paths.js';
import { startServer } from '#src/app/server.js';
import { within } from '../until.js';
import { builtPage } from './browser.js';
import { root, TOKEN } from './serve.js';

export interface ServerProcess {
  readonly port: number;
  readonly process: ChildProcess;
  /** SIGKILL: nothing is saved, no socket is closed in order. */
  kill(): Promise<void>;
}

/** @param port 0 for any */
export async function serverProcess(originals: string, state: string, port = 0): Promise<ServerProcess> {
  const child = fork(fileURLToPath(import.meta.url), [originals, state, String(port)], { stdio: 'inherit' });
  const [message] = (await within('the start of the server', once(child, 'message'))) as [{ port: number }];
  const kill = async (): Promise<void> => {
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await within('the end of a killed server', ended);
  };
  return { port: message.port, process: child, kill };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [, , originals, state, port] = process.argv;
  const paths = pathsOf(root, originals, state);
  const app = await startServer({ paths, built: await builtPage(), port: Number(port), token: TOKEN, warm: true });
  process.send?.({ port: app.port });
}
