/** The server put together: doors, routes, kernels. Starting it is run.ts's work. */
import { createServer, type Server } from 'node:http';
import { contentsApi } from './api/contents.js';
import { kernelsApi } from './api/kernels.js';
import { kitApi } from './api/kit.js';
import { pages } from './api/pages.js';
import { sessionsApi } from './api/sessions.js';
import type { BuiltPage } from './bundle/build-page.js';
import { EventHub } from './http/events.js';
import { type Door, refusal } from './http/guard.js';
import { listen } from './http/listen.js';
import { HttpError, json, type Reply, securityHeaders, text, write } from './http/reply.js';
import { Router } from './http/router.js';
import { bridge } from './kernels/bridge.js';
import { KernelPool } from './kernels/pool.js';
import { Sessions } from './kernels/sessions.js';
import type { Paths } from './paths.js';
import { printNotebook } from './store/print-notebook.js';
import { progressOf } from './store/progress.js';
import { WorkingCopies } from './store/working-copies.js';

export interface AppServer {
  readonly port: number;
  /** The address with the token: what a reader opens. */
  readonly url: string;
  readonly kernels: KernelPool;
  readonly events: EventHub;
  close(): Promise<void>;
}

export interface AppOptions {
  readonly paths: Paths;
  readonly built: BuiltPage;
  /** The first port to try; 0 for any. */
  readonly port: number;
  /** Random, a new one each run. */
  readonly token: string;
  /** Start a kernel at once, for the first notebook that is opened. */
  readonly warm?: boolean;
}

export async function startServer({ paths, built, port, token, warm }: AppOptions): Promise<AppServer> {
  let door: Door = { port, token };
  const events = new EventHub();
  const kernels = new KernelPool(paths.state, (kernel, how) =>
    events.send({ type: 'kernel-died', kernel: kernel.id, text: how }),
  );
  if (warm) void kernels.warm();
  const sessions = new Sessions(kernels);
  const copies = new WorkingCopies(paths.notebooks, paths.copies, printNotebook);

  const router = new Router();
  pages(router, () => door, built, paths.root);
  contentsApi(router, copies);
  kernelsApi(router, kernels);
  sessionsApi(router, sessions);
  kitApi(router, copies, sessions, events, name => progressOf(name, paths.state));

  const server = serve(router, () => door);
  bridge(server, () => door, kernels);
  door = { port: await listen(server, port), token };
  const close = async (): Promise<void> => {
    events.close();
    server.close();
    await kernels.close();
    server.closeAllConnections();
  };
  return { port: door.port, url: `http://127.0.0.1:${door.port}/?token=${token}`, kernels, events, close };
}

function serve(router: Router, door: () => Door): Server {
  return createServer(async (req, res) => {
    for (const [name, value] of Object.entries(securityHeaders(door().port))) res.setHeader(name, value);
    const refused = refusal(req, door());
    if (refused !== null) return write(res, text(403, refused));
    try {
      const reply = await router.handle(req, res);
      if (reply !== 'open') write(res, reply);
    } catch (error) {
      if (res.headersSent) res.end();
      else write(res, failure(error));
    }
  });
}

function failure(error: unknown): Reply {
  if (error instanceof HttpError) return json(error.status, { message: error.message });
  const code = (error as NodeJS.ErrnoException).code;
  if (code === 'EACCES' || code === 'EROFS' || code === 'ENOSPC')
    return json(500, { message: `Your copy cannot be written: ${(error as Error).message}` });
  return json(500, { message: error instanceof Error ? error.message : String(error) });
}
