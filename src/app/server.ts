/** The server put together: door, routes, kernels. Starting it is run.ts's work. */
import { contentsApi } from './api/contents.js';
import { exportApi } from './api/export.js';
import { kernelsApi } from './api/kernels.js';
import { kitApi } from './api/kit.js';
import { outputsApi } from './api/outputs.js';
import { ownApi } from './api/own.js';
import { pages } from './api/pages.js';
import { progressApi } from './api/progress.js';
import { sessionsApi } from './api/sessions.js';
import { sourceApi } from './api/source.js';
import { threadApi } from './api/thread.js';
import { wordsApi } from './api/words.js';
import type { BuiltPage } from './bundle/build-page.js';
import { makeFront } from './http/front.js';
import { makeDoor } from './http/guard.js';
import { listen } from './http/listen.js';
import { NEWS, News } from './http/news.js';
import { Router } from './http/router.js';
import { sessionSecret } from './http/secret.js';
import { KernelBridge } from './kernels/bridge.js';
import { KernelPool } from './kernels/pool.js';
import { Sessions } from './kernels/sessions.js';
import { WholeOutputs } from './kernels/whole-outputs.js';
import type { Paths } from './paths.js';
import { OwnNotebooks } from './store/own-notebooks.js';
import { printNotebook } from './store/print-notebook.js';
import { progressOf } from './store/progress.js';
import { sweepAside } from './store/replace-file.js';
import { WorkingCopies } from './store/working-copies.js';

export interface AppServer {
  readonly port: number;
  /** The address with the token: what a reader opens. */
  readonly url: string;
  readonly kernels: KernelPool;
  readonly news: News;
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
  /** Is told of errors inside the server; the request that met one has been answered. */
  readonly onMishap?: (error: unknown) => void;
}

export async function startServer(options: AppOptions): Promise<AppServer> {
  const { paths, built, port, token, warm } = options;
  const secret = await sessionSecret(paths.state);
  let door = makeDoor(port, token, secret);
  const news = new News(built.key);
  const outputs = new WholeOutputs(paths.outputs);
  outputs.clearOthers();
  const kernels = new KernelPool(paths.state, outputs, (kernel, how) =>
    news.send({ type: 'kernel-died', kernel: kernel.id, text: how }),
  );
  if (warm) void kernels.warm();
  const bridge = new KernelBridge(kernels);
  const sessions = new Sessions(kernels);
  await sweepAside(paths.copies);
  const copies = new WorkingCopies(paths.notebooks, paths.copies, printNotebook);

  const router = new Router();
  pages(router, () => door, built, paths, copies);
  contentsApi(router, copies);
  kernelsApi(router, kernels);
  sessionsApi(router, sessions);
  outputsApi(router, outputs);
  ownApi(router, new OwnNotebooks(copies, paths.copies, printNotebook), copies, sessions);
  exportApi(router, paths.root);
  wordsApi(router, paths.root);
  sourceApi(router, paths.root);
  threadApi(router);
  progressApi(router, paths.state);
  kitApi(router, copies, sessions, name => progressOf(name, paths.state));

  const server = makeFront({
    door: () => door,
    request: (req, res, url) => router.handle(req, res, url),
    upgrade: (req, socket, head, url) =>
      url.pathname === NEWS ? news.upgrade(req, socket, head) : bridge.upgrade(req, socket, head, url),
    onMishap: options.onMishap,
  });
  try {
    door = makeDoor(await listen(server, port), token, secret);
  } catch (error) {
    await kernels.close();
    throw error;
  }
  const close = async (): Promise<void> => {
    news.close();
    bridge.close();
    server.close();
    await kernels.close();
    outputs.close();
    server.closeAllConnections();
  };
  return { port: door.port, url: `http://127.0.0.1:${door.port}/?token=${token}`, kernels, news, close };
}
