/**
 * The kernel's five sockets, and what comes in by them (jupyter-client documentation, "Messaging in Jupyter", protocol
 * 5.3). tslab has a server too; it sends without waiting, ends on a malformed message and knows no comms.
 */
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { addressOf, type Header, sign, verify } from '../client/wire.js';
import { Publisher, Reply, Router } from '../zeromq.js';
import { SendQueue, type Source } from './send-queue.js';

type Json = Readonly<Record<string, unknown>>;

/** One message from a front end, and how to answer. */
export interface Request {
  readonly type: string;
  readonly content: Json;
  readonly metadata: Json;
  readonly buffers: readonly Buffer[];
  /** To whoever asked. */
  reply(type: string, content: Json): void;
  /** To all front ends. A cell that prints waits while there is no room (`patient`). */
  publish(type: string, content: Json, more?: Extra): void;
}

export interface Extra {
  readonly metadata?: Json;
  readonly buffers?: readonly Uint8Array[];
  readonly patient?: boolean;
  /** What the content was made of; emptied when it is on its way. */
  readonly source?: Source;
}

/** By the type of the message. What is returned is the reply's content; undefined: there is no reply. */
export type Handlers = Readonly<Record<string, (request: Request) => Json | undefined | Promise<Json | undefined>>>;

interface ConnectionInfo {
  readonly transport: string;
  readonly ip: string;
  readonly key: string;
  readonly shell_port: number;
  readonly iopub_port: number;
  readonly control_port: number;
  readonly stdin_port: number;
  readonly hb_port: number;
}

/** Messages that zeromq may hold for a front end that does not read; at 64 KiB each some 16 MiB. */
const heldMessagesMax = 256;
/**
 * Requests of one socket that are not answered yet. Above it the socket is not read, and who sends waits: a flood that comes while a cell runs
 * takes no more memory than this. Interrupts come by another way.
 */
const openRequestsMax = 2048;
/** The last messages leave before the process ends. */
const lingerMs = 1000;

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const sentence = (error: unknown): string => (error instanceof Error ? error.message : 'something that is no Error');

interface Parsed extends Pick<Request, 'content' | 'metadata' | 'buffers'> {
  readonly header: Header;
  readonly identities: readonly Buffer[];
}

/** Throws when the frames are no signed message with a type and an object as content. */
function parse(key: string, frames: readonly Buffer[]): Parsed {
  const parts = verify(key, frames);
  const [header, , metadata, content] = parts.slice(0, 4).map(part => JSON.parse(part.toString('utf8')));
  if (!isObject(header) || typeof header.msg_type !== 'string' || typeof header.msg_id !== 'string')
    throw new Error('its header names no msg_type and no msg_id');
  if (!isObject(content)) throw new Error(`the content of a ${header.msg_type} has to be an object`);
  return {
    header: header as unknown as Header,
    identities: frames.slice(0, frames.length - parts.length - 2),
    content,
    metadata: isObject(metadata) ? metadata : {},
    buffers: parts.slice(4),
  };
}

export class KernelServer {
  readonly #info: ConnectionInfo;
  readonly #handlers: Handlers;
  readonly #say: (text: string) => void;
  readonly #session = randomUUID();
  readonly #iopub = new Publisher({
    linger: lingerMs,
    sendHighWaterMark: heldMessagesMax,
    sendTimeout: 0,
    noDrop: true,
  });
  readonly #shell = new Router({ linger: lingerMs, sendHighWaterMark: 0, sendTimeout: 0 });
  readonly #control = new Router({ linger: lingerMs, sendHighWaterMark: 0, sendTimeout: 0 });
  readonly #stdin = new Router({ linger: 0 });
  readonly #heartbeat = new Reply({ linger: 0, sendTimeout: 0 });
  readonly #published = new SendQueue(this.#iopub);
  #parent: object = {};

  /** @param say where a word about a message goes that is not from a front end of ours */
  constructor(connectionFile: string, handlers: Handlers, say: (text: string) => void) {
    this.#info = JSON.parse(readFileSync(connectionFile, 'utf8'));
    this.#handlers = handlers;
    this.#say = say;
  }

  async start(): Promise<void> {
    const { transport, ip, shell_port, iopub_port, control_port, stdin_port, hb_port } = this.#info;
    const bind = (socket: Publisher | Reply | Router, port: number): Promise<void> =>
      socket.bind(addressOf(transport, ip, port));
    await Promise.all([
      bind(this.#iopub, iopub_port),
      bind(this.#shell, shell_port),
      bind(this.#control, control_port),
      bind(this.#stdin, stdin_port),
      bind(this.#heartbeat, hb_port),
    ]);
    void this.#listen(this.#shell);
    void this.#listen(this.#control);
    void this.#beat();
  }

  /** Sends what is left and closes the sockets. */
  async close(): Promise<void> {
    await this.#published.flush(lingerMs);
    for (const socket of [this.#iopub, this.#shell, this.#control, this.#stdin, this.#heartbeat]) socket.close();
  }

  /** Publishes what no request of its own asked for, under the header of the request that ran last. */
  publish(type: string, content: Json, more: Extra = {}): void {
    this.#publish(this.#parent, type, content, more);
  }

  async #beat(): Promise<void> {
    for await (const frames of this.#heartbeat) await this.#heartbeat.send(frames);
  }

  async #listen(socket: Router): Promise<void> {
    const replies = new SendQueue(socket);
    let open = 0;
    let fewer = (): void => {};
    for await (const frames of socket) {
      open++;
      void this.#take(frames, replies).finally(() => {
        open--;
        fewer();
      });
      while (open >= openRequestsMax)
        await new Promise<void>(resolve => {
          fewer = resolve;
        });
    }
  }

  #publish(parent: object, type: string, content: Json, more: Extra = {}): void {
    const { metadata = {}, buffers = [], patient, source } = more;
    const topic = Buffer.from(type);
    this.#published.push([topic, ...this.#pack(parent, type, content, metadata, buffers)], source);
    if (patient === true) this.#published.waitForRoom();
  }

  #pack(parent: object, type: string, content: Json, metadata: Json, buffers: readonly Uint8Array[] = []): Buffer[] {
    const header: Header = {
      msg_id: randomUUID(),
      msg_type: type,
      session: this.#session,
      username: 'kernel',
      date: new Date().toISOString(),
      version: '5.3',
    };
    const parts = [header, parent, metadata, content].map(part => Buffer.from(JSON.stringify(part)));
    return sign(this.#info.key, [...parts, ...buffers]);
  }

  async #take(frames: readonly Buffer[], replies: SendQueue): Promise<void> {
    let parsed: Parsed;
    try {
      parsed = parse(this.#info.key, frames);
    } catch (error) {
      this.#say(`a message was dropped: ${sentence(error)}`);
      return;
    }
    const { header, identities, ...message } = parsed;
    const type = header.msg_type;
    const reply = (name: string, content: Json): void =>
      replies.push([...identities, ...this.#pack(header, name, content, {})]);
    const publish = (name: string, content: Json, more?: Extra): void => this.#publish(header, name, content, more);
    if (type === 'execute_request') this.#parent = header;
    publish('status', { execution_state: 'busy' });
    try {
      const content = await this.#answer({ type, ...message, reply, publish });
      if (content !== undefined) reply(type.replace(/_request$/, '_reply'), content);
    } finally {
      publish('status', { execution_state: 'idle' });
    }
  }

  async #answer(request: Request): Promise<Json | undefined> {
    const { type } = request;
    const handler = Object.hasOwn(this.#handlers, type) ? this.#handlers[type] : undefined;
    try {
      if (handler !== undefined) return await handler(request);
      if (!type.endsWith('_request')) return undefined;
      return { status: 'error', ename: 'UnknownRequest', evalue: `this kernel knows no ${type}`, traceback: [] };
    } catch (error) {
      const evalue = `the kernel failed on a ${type}: ${sentence(error)}`;
      return type.endsWith('_request') ? { status: 'error', ename: 'KernelError', evalue, traceback: [] } : undefined;
    }
  }
}
