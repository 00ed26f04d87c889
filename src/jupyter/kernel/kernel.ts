/** The kernel that front ends talk to: what each message asks, and what comes of it. */
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { inspect } from 'node:util';
import { commsSymbol } from '../comms/host.js';
import { bundleOf, displaySymbol, type MimeBundle, type Updatable } from '../display.js';
import { progressSymbol } from '../progress-store.js';
import { projectRoot } from '../project-root.js';
import { OWN_STATE, userState } from '../state-folder.js';
import { readerText } from './cell-code.js';
import { aheadVariable, loadAhead } from './cell-modules.js';
import { Cells } from './cells.js';
import { CommTurns, widgetsVariable } from './comm-turns.js';
import { completeReply } from './completions.js';
import { addMissingBuiltins, showReaderText } from './missing-builtins.js';
import { plainHint } from './plain-types.js';
import { progressFile, progressVariable } from './progress-file.js';
import { type Handlers, KernelServer, type Request } from './server.js';
import { takeStandardStreams } from './standard-streams.js';
import { StreamBatch } from './stream-batch.js';
import { Turns } from './turns.js';

/**
 * How long a failed cell's reply waits while requests that the front end had already sent arrive and abort. A front end
 * that sends one cell at a time waits for the reply, so its next cell is never caught by this.
 */
const drainMs = 30;

const AHEAD_AFTER_MS = 100;

type Json = Readonly<Record<string, unknown>>;

const isTexts = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.every(one => typeof one === 'string');

/** The last expression of a cell; raw tslab prints it to stdout. */
function publishResult(execution_count: number, value: unknown, request: Request): void {
  const data: MimeBundle = bundleOf(value) ?? { 'text/plain': inspect(value) };
  request.publish('execute_result', { execution_count, data, metadata: {} });
}

/** A request, and what is printed on its behalf. */
class Owner {
  readonly request: Request;
  readonly batch: StreamBatch;

  constructor(request: Request) {
    this.request = request;
    this.batch = new StreamBatch((name, source, patient) =>
      request.publish('stream', { name, text: source.parts.join('') }, { patient, source }),
    );
  }
}

class Kernel {
  readonly #cells: Cells;
  readonly #turns = new Turns();
  readonly #comms: CommTurns<Owner>;
  #count = 0;
  /** The cell that ran last. */
  #last: Owner | undefined;

  constructor(root: string) {
    this.#cells = new Cells(root);
    this.#comms = new CommTurns<Owner>(this.#turns, {
      serve: (owner, work) => this.#cells.serve(owner, work),
      begin: request => new Owner(request),
      ended: (owner, error) => {
        if (error !== undefined) owner.batch.write('stderr', `${error.traceback.join('\n')}\n`);
        owner.batch.flush();
      },
      current: () => this.#owner,
      publish: (type, content, more) => this.#owner?.request.publish(type, content, { ...more, patient: true }),
    });
  }

  /** Whose outputs come now: a message's, whose handler is at work; else those of the cell that ran last, also when a timer of an earlier one shows something. */
  get #owner(): Owner | undefined {
    return (this.#cells.owner as Owner | undefined) ?? this.#last;
  }

  #info(): Json {
    const reply = this.#cells.ask(handler => handler.handleKernel());
    return {
      ...reply,
      status: 'ok',
      implementation: 'put-page',
      banner: 'TypeScript (put-page), on tslab',
      language_info: { ...reply.language_info, version: this.#cells.typescriptVersion },
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
    this.#cells.claim(execution_count);
    if (silent !== true) request.publish('execute_input', { code, execution_count });
    const owner = new Owner(request);
    this.#last = owner;
    this.#comms.beginCell(code, execution_count, request.metadata.cellId);
    const { error, result } = await this.#cells.run(execution_count, code);
    this.#comms.endCell();
    owner.batch.flush();
    if (error === undefined) {
      if (result !== undefined) this.#cells.protect(() => publishResult(execution_count, result.value, request));
      return { status: 'ok', execution_count, payload: [], user_expressions: {} };
    }
    request.publish('error', { ...error });
    if (stop_on_error !== false) {
      await sleep(drainMs);
      this.#turns.abortWaiting();
    }
    return { status: 'error', execution_count, ...error };
  }

  #display(data: MimeBundle, updatable?: Updatable): void {
    if (this.#cells.silent) return;
    const owner = this.#owner;
    owner?.batch.flush();
    const type = updatable?.update === true ? 'update_display_data' : 'display_data';
    const transient = updatable === undefined ? {} : { display_id: updatable.id };
    // `transient` is not kept in a notebook; a page that was loaded again finds the output by its metadata.
    const metadata = transient;
    owner?.request.publish(type, { data, metadata, transient }, { patient: true });
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
      complete_request: ({ content }) => completeReply(this.#cells.complete(text(content))),
      inspect_request: ({ content }) => {
        const reply = this.#cells.ask(handler => handler.handleInspect(text(content)));
        const { 'text/plain': said } = reply.data as { readonly 'text/plain'?: string };
        return said === undefined ? reply : { ...reply, data: { 'text/plain': plainHint(said) } };
      },
      // Not one of Jupyter's: docs/architecture.md, "The kernel".
      put_page_check_request: ({ content: { code, others = [] } }) => {
        if (typeof code !== 'string' || !isTexts(others))
          throw new TypeError('`code` has to be a string, and `others`, if it is there, a list of strings');
        return { status: 'ok', diagnostics: this.#cells.check(code, others) };
      },
      is_complete_request: ({ content }) => this.#cells.ask(handler => handler.handleIsComplete(text(content))),
      comm_open: request => this.#comms.take(request),
      comm_msg: request => this.#comms.take(request),
      comm_close: request => this.#comms.take(request),
      comm_info_request: ({ content }) => this.#comms.info(content),
      // Nothing is kept of what was run: the notebook has it.
      history_request: () => ({ status: 'ok', history: [] }),
      interrupt_request: () => {
        this.#cells.interrupt();
        return { status: 'ok' };
      },
      shutdown_request: ({ content }) => {
        setImmediate(close);
        return { status: 'ok', restart: content.restart === true };
      },
    };
  }

  async start(connectionFile: string): Promise<void> {
    const log = takeStandardStreams((name, text) => {
      if (!this.#cells.silent) this.#owner?.batch.write(name, text);
    });
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
    if (process.env[widgetsVariable] !== 'off') host[commsSymbol] = this.#comms.host;
    this.#cells.onDisplay(({ data, transient }, update = false) => {
      const { display_id: id } = (transient ?? {}) as { display_id?: string };
      this.#display(data as MimeBundle, id === undefined ? undefined : { id, update });
    });
    addMissingBuiltins();
    showReaderText(readerText);
    const told = process.env[progressVariable] ?? '';
    const folder = told === OWN_STATE ? userState() : told;
    if (folder !== '') host[progressSymbol] = progressFile(path.resolve(folder));
    const late = (thrown: unknown): void => {
      console.error(this.#cells.describe(thrown).traceback.join('\n'));
    };
    process.on('uncaughtException', late);
    process.on('unhandledRejection', late);
    this.#cells.prepare();
    await server.start();
    const ahead = process.env[aheadVariable] ?? '';
    // Whoever started the kernel waits for its first answer, which comes before.
    if (ahead !== '')
      setTimeout(() => this.#cells.protect(() => loadAhead(projectRoot, ahead)), AHEAD_AFTER_MS).unref();
  }
}

/** Starts the kernel in this process. Its working directory is the project, whatever folder the notebook is in. */
export async function startKernel(connectionFile: string): Promise<void> {
  process.chdir(projectRoot);
  Error.stackTraceLimit = 50;
  await new Kernel(projectRoot).start(connectionFile);
}
