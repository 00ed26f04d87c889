/** A kernel of ours, and the other end of its sockets. No Python, no Jupyter server. */
import { randomUUID } from 'node:crypto';
import { Dealer, Subscriber } from '../zeromq.js';
import { type Connection, createConnection } from './connection.js';
import { type Output, Outputs } from './outputs.js';
import { KernelDeadError, Pending, TimeoutError } from './pending.js';
import { KernelProcess, type ProcessOptions } from './process.js';
import { type Channel, type Message, type Parts, parse, request, sign, verify } from './wire.js';

export interface KernelOptions extends ProcessOptions {
  /** How long the kernel may take from its start to its first answer. Default 60 s. */
  readonly startTimeoutMs?: number;
}

export interface ExecuteOptions {
  /** Default: no limit. The cell is not interrupted at the limit; that is for the caller to decide. */
  readonly timeoutMs?: number;
  /** Collects the outputs as they come: what there is of them outlasts a cell that is lost. */
  readonly outputs?: Outputs;
}

interface Sockets {
  readonly shell: Dealer;
  readonly control: Dealer;
  readonly iopub: Subscriber;
}

export interface Executed {
  readonly status: 'ok' | 'error' | 'aborted';
  readonly executionCount: number | null;
  readonly outputs: readonly Output[];
}

/** Outputs that may wait here to be read; a message has at most some 64 KiB of text. */
const heldMessagesMax = 256;
const probeMs = 300;
const shutdownMs = 2000;

export class KernelClient {
  /**
   * Sees every message from the kernel, unsigned: for bridging to a websocket. While a promise that it gives back is
   * open, nothing more is read from that channel; a cell that prints more than fits between then waits in the kernel.
   */
  onRaw: ((channel: Channel, parts: Parts) => void | Promise<void>) | undefined;
  /** Called when the process ends without having been asked to, with a sentence that says how. */
  onDeath: ((how: string) => void) | undefined;

  readonly #options: KernelOptions;
  readonly #session = randomUUID();
  readonly #pending = new Map<string, Pending>();
  #connection: Connection;
  #process: KernelProcess;
  #sockets: Sockets;
  #sending: { shell: Promise<void>; control: Promise<void> } = { shell: Promise.resolve(), control: Promise.resolve() };
  #stopping: Promise<void> | undefined;
  #info: Readonly<Record<string, unknown>> = {};

  private constructor(options: KernelOptions, connection: Connection) {
    this.#options = options;
    this.#connection = connection;
    this.#process = new KernelProcess(connection.file, options);
    this.#sockets = this.#connect();
  }

  /** Starts a kernel and waits until it answers. */
  static async start(options: KernelOptions = {}): Promise<KernelClient> {
    const client = new KernelClient(options, await createConnection());
    await client.#ready();
    return client;
  }

  /** The content of the kernel's kernel_info_reply. */
  get info(): Readonly<Record<string, unknown>> {
    return this.#info;
  }

  get running(): boolean {
    return this.#process.running && this.#stopping === undefined;
  }

  get pid(): number | undefined {
    return this.#process.pid;
  }

  #connect(): Sockets {
    const { shell, control, iopub } = this.#connection;
    const sockets = {
      shell: new Dealer({ linger: 0 }),
      control: new Dealer({ linger: 0 }),
      // With a limit: what is not read stays with the kernel, which then waits. Nothing is dropped at this end.
      iopub: new Subscriber({ linger: 0, receiveHighWaterMark: heldMessagesMax }),
    };
    sockets.shell.connect(shell);
    sockets.control.connect(control);
    sockets.iopub.connect(iopub);
    sockets.iopub.subscribe();
    for (const channel of ['shell', 'control', 'iopub'] as const) void this.#pump(channel, sockets[channel]);
    const { ended } = this.#process;
    void ended.then(how => this.#died(how, ended));
    return sockets;
  }

  async #pump(channel: Channel, socket: Dealer | Subscriber): Promise<void> {
    const { key } = this.#connection;
    for await (const frames of socket) {
      let parts: Parts;
      let message: Message;
      try {
        parts = verify(key, frames);
        message = parse(channel, parts);
      } catch (error) {
        // One bad message costs itself, not all that come after it.
        console.error(`a message from the kernel was dropped: ${error instanceof Error ? error.message : error}`);
        continue;
      }
      await this.onRaw?.(channel, parts);
      this.#pending.get(message.parent.msg_id ?? '')?.take(message);
    }
  }

  #died(how: string, ended: Promise<string>): void {
    if (ended !== this.#process.ended) return;
    for (const pending of this.#pending.values()) pending.fail(new KernelDeadError(how));
    if (this.#stopping === undefined) this.onDeath?.(how);
  }

  /** iopub subscribes in its own time: only an `idle` that came through it shows that no output can be missed. */
  async #ready(): Promise<void> {
    const limit = this.#options.startTimeoutMs ?? 60_000;
    const deadline = Date.now() + limit;
    while (Date.now() < deadline) {
      try {
        const reply = await this.request('kernel_info_request', {}, { timeoutMs: probeMs });
        this.#info = reply.content;
        // The kernel has read it, and a key should not lie about longer than needed.
        this.#connection.forgetKey();
        return;
      } catch (error) {
        if (!(error instanceof TimeoutError)) {
          await this.shutdown();
          throw error;
        }
      }
    }
    await this.shutdown();
    throw new TimeoutError(`the kernel did not answer within ${limit / 1000} s of its start`);
  }

  /** Sends a request and waits for its reply and the `idle` after it. */
  async request(
    type: string,
    content: object,
    options: { channel?: 'shell' | 'control'; timeoutMs?: number; onIopub?: (message: Message) => void } = {},
  ): Promise<Message> {
    if (!this.#process.running) throw new KernelDeadError(await this.#process.ended);
    const { id, parts } = request(this.#session, type, content);
    const timeoutMs = options.timeoutMs ?? Number.POSITIVE_INFINITY;
    const pending = new Pending({ what: type.replace('_request', ''), timeoutMs, onIopub: options.onIopub });
    this.#pending.set(id, pending);
    try {
      await this.sendRaw(options.channel ?? 'shell', parts);
      return await pending.settled;
    } finally {
      this.#pending.delete(id);
    }
  }

  /** Signs and sends the parts of a message: header, parent header, metadata, content, buffers. */
  async sendRaw(channel: Channel, parts: Parts): Promise<void> {
    if (channel !== 'shell' && channel !== 'control')
      throw new Error(`nothing can be sent to a kernel's ${channel} channel`);
    const socket = this.#sockets[channel];
    const frames = sign(this.#connection.key, parts);
    // zeromq takes one at a time, and says EBUSY to the second.
    const sent = this.#sending[channel].then(() => socket.send(frames));
    this.#sending[channel] = sent.catch(() => {});
    await sent;
  }

  /** Runs one cell. Throws TimeoutError or KernelDeadError; an error of the cell is an output. */
  async execute(code: string, options: ExecuteOptions = {}): Promise<Executed> {
    const { outputs = new Outputs(), ...limits } = options;
    const reply = await this.request(
      'execute_request',
      { code, silent: false, store_history: true, user_expressions: {}, allow_stdin: false, stop_on_error: true },
      { ...limits, onIopub: message => outputs.add(message) },
    );
    const { status, execution_count } = reply.content as { status: Executed['status']; execution_count?: number };
    return { status, executionCount: execution_count ?? null, outputs: outputs.list };
  }

  /** Interrupts the running cell. A cell that loops after an `await` cannot be interrupted: restart then. */
  interrupt(): void {
    this.#process.signal('SIGINT');
  }

  /** Ends the process and starts another; everything that cells had defined is gone. */
  async restart(): Promise<void> {
    await this.#stop();
    this.#connection = await createConnection();
    this.#stopping = undefined;
    this.#process = new KernelProcess(this.#connection.file, this.#options);
    this.#sockets = this.#connect();
    this.#sending = { shell: Promise.resolve(), control: Promise.resolve() };
    await this.#ready();
  }

  async shutdown(): Promise<void> {
    await this.#stop();
  }

  /** However often it is asked for, the process ends once, and everybody waits for it. */
  #stop(): Promise<void> {
    this.#stopping ??= this.#end();
    return this.#stopping;
  }

  async #end(): Promise<void> {
    const { parts } = request(this.#session, 'shutdown_request', { restart: false });
    // Not awaited: of a socket whose other end hangs nobody knows when it takes the message, and the end must not wait.
    if (this.#process.running) void this.sendRaw('control', parts).catch(() => {});
    await this.#process.end(shutdownMs);
    for (const socket of Object.values(this.#sockets)) socket.close();
    this.#connection.remove();
  }
}
