/** A real process with a server, that can be asked, killed, and started again on the same folders. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { within } from '../until.js';
import { fixtures, root, TOKEN } from './serve.js';

/** What the process says of itself. */
export interface Account {
  readonly mishaps: number;
  /** Bytes that are left after a collection. */
  readonly held: number;
  readonly cpuSeconds: number;
}

export interface Process {
  readonly port: number;
  /** The id of its kernel, if one was wanted. */
  readonly kernel: string;
  readonly child: ChildProcess;
  account(): Promise<Account>;
  /** A request with the token. */
  ask(method: string, to: string, body?: unknown, headers?: Record<string, string>): Promise<Response>;
  kill(): Promise<void>;
  close(): Promise<void>;
}

export interface Folders {
  readonly dir: string;
  readonly originals: string;
  readonly state: string;
  remove(): void;
}

export function makeFolders(): Folders {
  const dir = mkdtempSync(path.join(tmpdir(), 'put-page-process-'));
  const originals = path.join(dir, 'originals');
  cpSync(fixtures, originals, { recursive: true });
  return {
    dir,
    originals,
    state: path.join(dir, 'state'),
    remove: () => rmSync(dir, { recursive: true, force: true }),
  };
}

/** @param options a kernel of its own; another user, when this one is root */
export async function startProcess(
  { originals, state }: Folders,
  options: { kernel?: boolean; uid?: number } = {},
): Promise<Process> {
  const main = path.join(root, 'dist-test', 'test', 'app', 'process-main.js');
  const args = [originals, state, ...(options.kernel === true ? ['kernel'] : [])];
  const user = options.uid === undefined ? {} : { uid: options.uid, gid: options.uid };
  const child = fork(main, args, { execArgv: ['--expose-gc'], ...user });
  const exit = once(child, 'exit');
  const answer = async <T>(): Promise<T> => {
    const ended = exit.then(([code, signal]) => {
      throw new Error(`the server has ended with ${code ?? signal}`);
    });
    return ((await within('an answer of the server', Promise.race([once(child, 'message'), ended]))) as [T])[0];
  };
  const { port, kernel } = await answer<{ port: number; kernel: string }>();
  return {
    port,
    kernel,
    child,
    account: async () => {
      if (child.exitCode !== null || child.signalCode !== null) throw new Error('the server has ended');
      child.send('account');
      return answer();
    },
    ask: (method, to, body, headers = {}) =>
      fetch(`http://127.0.0.1:${port}${to}`, {
        method,
        headers: { authorization: `token ${TOKEN}`, ...headers },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(60_000),
      }),
    kill: async () => {
      child.kill('SIGKILL');
      await within('the end of a killed server', exit);
    },
    close: async () => {
      if (child.connected) child.disconnect();
      await within('the end of a server that was asked to', exit);
    },
  };
}
