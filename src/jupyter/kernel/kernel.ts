/** The wrapper around tslab: one function a fault that is mended. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { inspect } from 'node:util';
import { bundleOf, displaySymbol, type MimeBundle, type Updatable } from '../display.js';
import { progressSymbol } from '../progress-store.js';
import { projectRoot } from '../project-root.js';
import { CellMaps } from './cell-maps.js';
import { fromDiagnostics, fromThrown, type JupyterError } from './errors.js';
import { progressFile, progressVariable } from './progress-file.js';
import { StreamBatch } from './stream-batch.js';
import {
  type Converted,
  type Converter,
  type ExecuteContent,
  type Executor,
  type Handler,
  loadTslab,
  type Server,
  type Socket,
  type Tslab,
} from './tslab.js';
import { Turns } from './turns.js';

/**
 * How long a failed cell's reply waits while requests that the front end had already sent arrive and abort. A front end
 * that sends one cell at a time waits for the reply, so its next cell is never caught by this.
 */
const drainMs = 30;

/** Options of cells, on top of tslab's. */
function compilerOptions(root: string): Record<string, unknown> {
  const { name, types } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
  return {
    // tslab resolves like Node 10, which does not know that a package may import itself by name.
    baseUrl: root,
    paths: { [name]: [types] },
    // Node 20 has findLast and others that tslab's es2022 lacks.
    lib: ['lib.es2023.d.ts'],
    types: ['node'],
    strictFunctionTypes: true,
    strictBindCallApply: true,
    inlineSourceMap: true,
  };
}

interface Outputs {
  publish(type: string, content: unknown): void;
}

class Kernel {
  readonly #root: string;
  readonly #tslab: Tslab;
  readonly #maps = new CellMaps();
  readonly #turns = new Turns();
  readonly #executor: Executor;
  readonly #handler: Handler;
  #error: JupyterError | undefined;
  #result: { readonly value: unknown } | undefined;

  constructor(root: string) {
    this.#root = root;
    this.#tslab = loadTslab({
      compilerOptions: compilerOptions(root),
      compiled: (input, output, map) => this.#maps.compiled(input, output, map),
    });
    this.#executor = this.#createExecutor();
    this.#handler = this.#createHandler();
  }

  #createExecutor(): Executor {
    const converter = this.#tslab.createConverter({ isJS: false, isBrowser: false });
    const node: Converter = {
      ...converter,
      convert: (previous, source) => {
        this.#maps.begin(this.#handler.execCount, source);
        const converted = this.#convert(converter, previous, source);
        if (converted.diagnostics.length > 0) this.#error ??= fromDiagnostics(converted.diagnostics, source);
        return converted;
      },
    };
    return this.#tslab.createExecutor(
      this.#root,
      { node, browser: node, close: () => converter.close() },
      {
        log: value => {
          this.#result = { value };
        },
        error: (...args) => {
          this.#error ??= fromThrown(args[0], this.#maps, this.#root);
        },
      },
    );
  }

  #convert(converter: Converter, previous: string, source: string): Converted {
    const syntax = this.#tslab.syntaxErrors(source);
    if (syntax.length > 0) return { diagnostics: syntax };
    try {
      return converter.convert(previous, source);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      const messageText = `the type checker itself failed on this cell (${why}); try it in smaller parts`;
      return { diagnostics: [{ start: { line: 0, character: 0 }, messageText }] };
    }
  }

  #createHandler(): Handler {
    const handler = this.#tslab.createHandler(this.#executor);
    const info = handler.handleKernel.bind(handler);
    handler.handleKernel = () => {
      const reply = info();
      return {
        ...reply,
        status: 'ok',
        implementation: 'put-page',
        banner: 'TypeScript (put-page), on tslab',
        language_info: { ...reply.language_info, version: this.#tslab.typescriptVersion },
      };
    };
    // tslab would reset the queue 200 ms later, and abort a cell that is sent in between; see `execute`.
    handler.execQueue.reset = () => {};
    return handler;
  }

  /** Runs one cell, when those before it are done, and says how it ended. */
  async #execute(request: ExecuteContent, out: Outputs): Promise<Record<string, unknown>> {
    const turn = this.#turns.take();
    await turn.ready;
    try {
      if (turn.aborted()) return { status: 'aborted', execution_count: this.#handler.execCount };
      return await this.#run(request, out);
    } finally {
      turn.done();
    }
  }

  async #run(request: ExecuteContent, out: Outputs): Promise<Record<string, unknown>> {
    if (request.silent !== true) {
      out.publish('execute_input', { code: request.code, execution_count: this.#handler.execCount + 1 });
    }
    const batch = new StreamBatch((name, text) => out.publish('stream', { name, text }));
    this.#error = undefined;
    this.#result = undefined;
    const reply = await this.#handler.handleExecute(
      request,
      (name, text) => batch.write(name, text),
      (display, update) => {
        batch.flush();
        out.publish(update === true ? 'update_display_data' : 'display_data', display);
      },
    );
    batch.flush();
    if (reply.status === 'ok') {
      this.#publishResult(reply.execution_count, out);
      return { ...reply, payload: [], user_expressions: {} };
    }
    const error = this.#error ?? { ename: 'Error', evalue: 'the cell failed without saying why', traceback: [] };
    out.publish('error', error);
    if (request.stop_on_error !== false) {
      await sleep(drainMs);
      this.#turns.abortWaiting();
    }
    this.#handler.execQueue.prev = Promise.resolve();
    return { ...reply, status: 'error', ...error };
  }

  /** The last expression of a cell; raw tslab prints it to stdout. */
  #publishResult(count: number | undefined, out: Outputs): void {
    if (this.#result === undefined) return;
    const data: MimeBundle = bundleOf(this.#result.value) ?? { 'text/plain': inspect(this.#result.value) };
    out.publish('execute_result', { execution_count: count ?? null, data, metadata: {} });
  }

  #createServer(connectionFile: string): Server {
    const server = this.#tslab.createServer(this.#handler, connectionFile);
    const bind = server.bindSocket.bind(server);
    server.bindSocket = (socket, port) => {
      // Without a limit: dropped output is worse than memory. Linger: the last messages leave before the process ends.
      if (socket === server.iopub) socket.sendHighWaterMark = 0;
      socket.linger = 1000;
      return bind(socket, port);
    };
    server.handleExecute = async (socket, message) => {
      const send = (type: string, content: unknown, to: Socket): void => {
        const reply = message.createReply();
        reply.header.msg_type = type;
        reply.content = content;
        reply.signAndSend(server.connInfo.key, to);
      };
      const out = { publish: (type: string, content: unknown) => send(type, content, server.iopub) };
      send('execute_reply', await this.#execute(message.content as ExecuteContent, out), socket);
    };
    server.handleCommInfoRequest = (socket, message) => {
      const reply = message.createReply();
      reply.header.msg_type = 'comm_info_reply';
      reply.content = { status: 'ok', comms: {} };
      reply.signAndSend(server.connInfo.key, socket);
    };
    return server;
  }

  async start(connectionFile: string): Promise<void> {
    const host = globalThis as unknown as Record<symbol, unknown>;
    host[displaySymbol] = (data: MimeBundle, updatable?: Updatable) =>
      this.#tslab.display(
        { data, metadata: {}, transient: updatable === undefined ? {} : { display_id: updatable.id } },
        updatable?.update ?? false,
      );
    const folder = process.env[progressVariable] ?? '';
    if (folder !== '') host[progressSymbol] = progressFile(path.resolve(folder));
    process.on('SIGINT', () => this.#executor.interrupt());
    const late = (thrown: unknown): void => {
      console.error(fromThrown(thrown, this.#maps, this.#root).traceback.join('\n'));
    };
    process.on('uncaughtException', late);
    process.on('unhandledRejection', late);
    await this.#createServer(connectionFile).init();
  }
}

/** Starts the kernel in this process. Its working directory is the project, whatever folder the notebook is in. */
export async function startKernel(connectionFile: string): Promise<void> {
  process.chdir(projectRoot);
  Error.stackTraceLimit = 50;
  await new Kernel(projectRoot).start(connectionFile);
}
