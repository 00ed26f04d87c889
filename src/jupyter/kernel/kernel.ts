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
import { type Handlers, KernelServer, type Request } from './server.js';
import { takeStandardStreams } from './standard-streams.js';
import { StreamBatch } from './stream-batch.js';
import { type Converted, type Converter, type Executor, type Handler, loadTslab, type Tslab } from './tslab.js';
import { Turns } from './turns.js';

/**
 * How long a failed cell's reply waits while requests that the front end had already sent arrive and abort. A front end
 * that sends one cell at a time waits for the reply, so its next cell is never caught by this.
 */
const drainMs = 30;

/** Where the declarations of `put-page` and its sub-paths are, from `exports` in package.json. */
function declarationPaths(root: string): Record<string, readonly [string]> {
  const { name, exports } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as {
    name: string;
    exports: Readonly<Record<string, string | { readonly types: string }>>;
  };
  return Object.fromEntries(
    Object.entries(exports).flatMap(([sub, to]) =>
      typeof to === 'string' ? [] : [[path.posix.join(name, sub), [to.types]]],
    ),
  );
}

/** Options of cells, on top of tslab's. */
function compilerOptions(root: string): Record<string, unknown> {
  return {
    // tslab resolves like Node 10, which knows neither `exports` nor that a package may import itself by name.
    baseUrl: root,
    paths: declarationPaths(root),
    // Node 20 has findLast and others that tslab's es2022 lacks.
    lib: ['lib.es2023.d.ts'],
    types: ['node'],
    strictFunctionTypes: true,
    strictBindCallApply: true,
    inlineSourceMap: true,
  };
}

type Json = Readonly<Record<string, unknown>>;

class Kernel {
  readonly #root: string;
  readonly #tslab: Tslab;
  readonly #maps = new CellMaps();
  readonly #turns = new Turns();
  readonly #executor: Executor;
  readonly #handler: Handler;
  #count = 0;
  #batch: StreamBatch | undefined;
  #request: Request | undefined;
  #error: JupyterError | undefined;
  #result: { readonly value: unknown } | undefined;

  constructor(root: string) {
    this.#root = root;
    this.#tslab = loadTslab({
      compilerOptions: compilerOptions(root),
      compiled: (input, output, map) => this.#maps.compiled(input, output, map),
    });
    this.#executor = this.#createExecutor();
    this.#handler = this.#tslab.createHandler(this.#executor);
  }

  #createExecutor(): Executor {
    const converter = this.#tslab.createConverter({ isJS: false, isBrowser: false });
    const node: Converter = {
      ...converter,
      convert: (previous, source) => {
        this.#maps.begin(this.#count, source);
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

  #info(): Json {
    const reply = this.#handler.handleKernel();
    return {
      ...reply,
      status: 'ok',
      implementation: 'put-page',
      banner: 'TypeScript (put-page), on tslab',
      language_info: { ...reply.language_info, version: this.#tslab.typescriptVersion },
    };
  }

  /** Runs one cell, when those before it are done, and says how it ended. */
  async #execute(request: Request): Promise<Json> {
    const turn = this.#turns.take();
    await turn.ready;
    try {
      if (turn.aborted()) return { status: 'aborted', execution_count: this.#count };
      return await this.#run(request);
    } finally {
      turn.done();
    }
  }

  async #run(request: Request): Promise<Json> {
    const { code, silent, stop_on_error } = request.content;
    if (typeof code !== 'string') throw new TypeError('an execute_request needs `code`, a string');
    const execution_count = ++this.#count;
    if (silent !== true) request.publish('execute_input', { code, execution_count });
    this.#error = undefined;
    this.#result = undefined;
    this.#request = request;
    this.#batch = new StreamBatch((name, source, patient) =>
      request.publish('stream', { name, text: source.parts.join('') }, { patient, source }),
    );
    const ok = await this.#attempt(code);
    this.#batch.flush();
    if (ok) {
      this.#publishResult(execution_count, request);
      return { status: 'ok', execution_count, payload: [], user_expressions: {} };
    }
    const error = this.#error ?? fromThrown(undefined, this.#maps, this.#root);
    request.publish('error', { ...error });
    if (stop_on_error !== false) {
      await sleep(drainMs);
      this.#turns.abortWaiting();
    }
    return { status: 'error', execution_count, ...error };
  }

  /** False when the cell failed; then `#error` says why, whatever failed. */
  async #attempt(code: string): Promise<boolean> {
    try {
      return await this.#executor.execute(code);
    } catch (error) {
      this.#error ??= fromThrown(error, this.#maps, this.#root);
      return false;
    }
  }

  /** The last expression of a cell; raw tslab prints it to stdout. */
  #publishResult(execution_count: number, request: Request): void {
    if (this.#result === undefined) return;
    const data: MimeBundle = bundleOf(this.#result.value) ?? { 'text/plain': inspect(this.#result.value) };
    request.publish('execute_result', { execution_count, data, metadata: {} });
  }

  /** Below the cell that ran last, also when a timer of an earlier one shows something. */
  #display(data: MimeBundle, updatable?: Updatable): void {
    this.#batch?.flush();
    const type = updatable?.update === true ? 'update_display_data' : 'display_data';
    const transient = updatable === undefined ? {} : { display_id: updatable.id };
    this.#request?.publish(type, { data, metadata: {}, transient }, { patient: true });
  }

  #handlers(close: () => void): Handlers {
    const text = (content: Json): { code: string; cursor_pos: number } => {
      const { code, cursor_pos: at } = content;
      if (typeof code !== 'string') throw new TypeError('`code` has to be a string');
      return { code, cursor_pos: typeof at === 'number' ? at : code.length };
    };
    return {
      kernel_info_request: () => this.#info(),
      execute_request: request => this.#execute(request),
      complete_request: ({ content }) => this.#handler.handleComplete(text(content)),
      inspect_request: ({ content }) => this.#handler.handleInspect(text(content)),
      is_complete_request: ({ content }) => this.#handler.handleIsComplete(text(content)),
      comm_info_request: () => ({ status: 'ok', comms: {} }),
      // Nothing is kept of what was run: the notebook has it.
      history_request: () => ({ status: 'ok', history: [] }),
      interrupt_request: () => {
        this.#executor.interrupt();
        return { status: 'ok' };
      },
      shutdown_request: ({ content }) => {
        setImmediate(close);
        return { status: 'ok', restart: content.restart === true };
      },
    };
  }

  async start(connectionFile: string): Promise<void> {
    const log = takeStandardStreams((name, text) => this.#batch?.write(name, text));
    const server = new KernelServer(
      connectionFile,
      this.#handlers(() => void end()),
      log,
    );
    const end = async (): Promise<void> => {
      await server.close();
      process.exit(0);
    };
    const host = globalThis as unknown as Record<symbol, unknown>;
    host[displaySymbol] = (data: MimeBundle, updatable?: Updatable) => this.#display(data, updatable);
    const folder = process.env[progressVariable] ?? '';
    if (folder !== '') host[progressSymbol] = progressFile(path.resolve(folder));
    process.on('SIGINT', () => this.#executor.interrupt());
    const late = (thrown: unknown): void => {
      console.error(fromThrown(thrown, this.#maps, this.#root).traceback.join('\n'));
    };
    process.on('uncaughtException', late);
    process.on('unhandledRejection', late);
    await server.start();
  }
}

/** Starts the kernel in this process. Its working directory is the project, whatever folder the notebook is in. */
export async function startKernel(connectionFile: string): Promise<void> {
  process.chdir(projectRoot);
  Error.stackTraceLimit = 50;
  await new Kernel(projectRoot).start(connectionFile);
}
