/** A thread of its own for a search: a Worker where the host has one (pages), else Node's worker_threads. No import of Node: this runs in a page too. */

export interface Thread {
  post(message: unknown): void;
  /** Each message; an error of the thread, its end included. */
  listen(message: (m: unknown) => void, failed: (e: Error) => void): void;
  end(): void;
}

interface NodeWorker {
  postMessage(m: unknown): void;
  on(event: string, f: (x: unknown) => void): void;
  terminate(): Promise<number>;
  unref(): void;
}
interface WorkerThreads {
  readonly Worker: new (url: URL) => NodeWorker;
  readonly parentPort: { on(event: 'message', f: (m: unknown) => void): void; postMessage(m: unknown): void } | null;
}
interface PageWorker {
  postMessage(m: unknown): void;
  addEventListener(event: string, f: (e: { readonly data?: unknown; readonly message?: string }) => void): void;
  terminate(): void;
}
interface Globals {
  readonly Worker?: new (url: URL, how: { readonly type: 'module' }) => PageWorker;
  readonly process?: { getBuiltinModule?(name: string): unknown };
  addEventListener?(event: 'message', f: (e: { readonly data: unknown }) => void): void;
  postMessage?(m: unknown): void;
}

const globals = globalThis as unknown as Globals;

function workerThreads(): WorkerThreads | undefined {
  return globals.process?.getBuiltinModule?.('node:worker_threads') as WorkerThreads | undefined;
}

/** Starts a thread. Errors: a host without threads. */
export function startThread(url: URL): Thread {
  const node = workerThreads();
  if (node !== undefined) {
    const worker = new node.Worker(url);
    return {
      post: m => worker.postMessage(m),
      listen: (message, failed) => {
        worker.on('message', message);
        worker.on('error', e => failed(e instanceof Error ? e : new Error(String(e))));
        worker.on('exit', code => failed(new Error(`the search's thread ended (${String(code)})`)));
      },
      end: () => void worker.terminate(),
    };
  }
  if (globals.Worker === undefined) throw new Error('there are no threads here; use explore() instead');
  const worker = new globals.Worker(url, { type: 'module' });
  return {
    post: m => worker.postMessage(m),
    listen: (message, failed) => {
      worker.addEventListener('message', e => message(e.data));
      worker.addEventListener('error', e => failed(new Error(e.message ?? 'the search failed to start')));
    },
    end: () => worker.terminate(),
  };
}

/** On the other side: what is sent to this thread, and the way back. */
export function onThread(message: (m: unknown, answer: (m: unknown) => void) => void): void {
  const port = workerThreads()?.parentPort;
  if (port !== null && port !== undefined) port.on('message', m => message(m, x => port.postMessage(x)));
  else globals.addEventListener?.('message', e => message(e.data, x => globals.postMessage?.(x)));
}
