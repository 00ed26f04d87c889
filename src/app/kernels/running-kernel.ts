/** One kernel and the pages that listen to it. */
import { randomUUID } from 'node:crypto';
import type { WebSocket } from 'ws';
import type { KernelClient } from '../../jupyter/client/kernel-client.js';
import type { Channel, Parts } from '../../jupyter/client/wire.js';
import { kernelName } from '../../jupyter/notebook/nbformat.js';
import type { OutputCut } from './output-cut.js';
import { checkMessage, decodeFrame, encodeFrame, type Frame } from './ws-frames.js';

const WAITING_MAX = 64;

export type KernelState = 'starting' | 'idle' | 'busy' | 'restarting' | 'dead';

/** A kernel as the Jupyter server API shows it. */
export interface KernelModel {
  readonly id: string;
  readonly name: string;
  readonly last_activity: string;
  readonly execution_state: KernelState;
  readonly connections: number;
}

export class RunningKernel {
  readonly id = randomUUID();
  readonly #onDeath: (kernel: RunningKernel, how: string) => void;
  readonly #cut: OutputCut;
  #client: KernelClient;
  readonly #sockets = new Set<WebSocket>();
  #state: KernelState = 'idle';
  #lastActivity = new Date();
  #watchedUntil = performance.now();
  #restarting: Promise<void> | undefined;
  #ended = false;
  /** Messages from pages that the kernel's socket has not taken yet, and when it has taken them. */
  #waiting = 0;
  #sent: Promise<void> = Promise.resolve();

  /** @param onDeath called when the process ends by itself, with a sentence that says how */
  constructor(client: KernelClient, cut: OutputCut, onDeath: (kernel: RunningKernel, how: string) => void) {
    this.#cut = cut;
    this.#onDeath = onDeath;
    this.#client = client;
    this.#listen();
  }

  #listen(): void {
    this.#client.onRaw = (channel, parts) => this.#toPages(channel, parts);
    this.#client.onDeath = how => {
      this.#tellDeath();
      this.#onDeath(this, how);
    };
  }

  get model(): KernelModel {
    return {
      id: this.id,
      name: kernelName,
      last_activity: this.#lastActivity.toISOString(),
      execution_state: this.#state,
      connections: this.#sockets.size,
    };
  }

  /** Nobody listens and nothing runs. */
  get forgotten(): boolean {
    return this.#sockets.size === 0 && this.#state !== 'busy' && this.#state !== 'restarting';
  }

  get lastActivity(): number {
    return this.#lastActivity.getTime();
  }

  /** For how long no page has listened; 0 when one does. */
  get unwatchedMs(): number {
    return this.#sockets.size > 0 ? 0 : performance.now() - this.#watchedUntil;
  }

  addSocket(socket: WebSocket): void {
    this.#sockets.add(socket);
    socket.on('close', () => {
      this.#sockets.delete(socket);
      this.#watchedUntil = performance.now();
    });
    socket.on('message', (data: Buffer) => this.#fromPage(socket, data));
    // It cannot answer until its cell has ended: a page that comes meanwhile would know nothing of it.
    if (this.#state === 'busy') socket.send(this.#statusFrame('busy'));
  }

  interrupt(): void {
    this.#client.interrupt();
  }

  /**
   * Goes on with another process, under the same id. A second call while one is under way joins it.
   * @param fresh starts a kernel, or gives one that was started ahead
   */
  restart(fresh: () => Promise<KernelClient>): Promise<void> {
    this.#restarting ??= this.#restart(fresh).finally(() => {
      this.#restarting = undefined;
    });
    return this.#restarting;
  }

  async #restart(fresh: () => Promise<KernelClient>): Promise<void> {
    const old = this.#client;
    old.onRaw = undefined;
    old.onDeath = undefined;
    // The page that asked knows; to the others JupyterLab would say that the kernel had died.
    this.#state = 'restarting';
    const ended = old.shutdown();
    try {
      this.#client = await fresh();
    } catch (error) {
      this.#tellDeath();
      throw error;
    }
    if (this.#ended) return this.#client.shutdown();
    this.#state = 'idle';
    this.#listen();
    if (!this.#client.running) this.#tellDeath();
    await ended;
  }

  async shutdown(): Promise<void> {
    this.#ended = true;
    for (const socket of this.#sockets) socket.close();
    await this.#client.shutdown();
    await this.#restarting?.catch(() => {});
  }

  /**
   * One message after the other, in the order in which they came: a zeromq socket that is still sending refuses the
   * next. A page that sends faster than the kernel reads is not read meanwhile.
   */
  #fromPage(socket: WebSocket, data: Buffer): void {
    let frame: Frame;
    try {
      frame = decodeFrame(data);
      checkMessage(frame.parts);
    } catch (error) {
      // A close reason has at most 123 bytes; ours are ASCII.
      socket.close(1003, error instanceof Error ? error.message.slice(0, 120) : 'not a Jupyter message');
      return;
    }
    const { channel, parts } = frame;
    // A cell's answer to stdin has nobody to ask for it here.
    if (channel !== 'shell' && channel !== 'control') return;
    this.#waiting++;
    if (this.#waiting > WAITING_MAX) socket.pause();
    this.#sent = this.#sent
      .then(() => this.#toKernel(channel, parts))
      .finally(() => {
        this.#waiting--;
        if (this.#waiting < WAITING_MAX / 2) for (const page of this.#sockets) if (page.isPaused) page.resume();
      });
  }

  async #toKernel(channel: 'shell' | 'control', parts: readonly Buffer[]): Promise<void> {
    try {
      // What comes while another process takes over is for that one.
      await this.#restarting;
      // A dead kernel reads nothing.
      if (this.#client.running) await this.#client.sendRaw(channel, [...parts]);
    } catch {
      // It ended while the message was on its way; its death is told by #tellDeath.
    }
  }

  #toPages(channel: Channel, parts: Parts): void {
    this.#lastActivity = new Date();
    if (channel === 'iopub') this.#noteStatus(parts);
    for (const message of channel === 'iopub' ? this.#cut.pass(parts) : [parts]) {
      const frame = encodeFrame({ channel, parts: message.map(part => Buffer.from(part)) });
      for (const socket of this.#sockets) socket.send(frame);
    }
  }

  #noteStatus(parts: Parts): void {
    const [header, , , content] = parts;
    if (header === undefined || content === undefined || this.#state === 'restarting') return;
    if (!Buffer.from(header).includes('"status"')) return;
    const state = stateIn(content);
    if (state === 'idle' || state === 'busy') this.#state = state;
  }

  /** The kernel cannot tell of its own end, so the server does, in the kernel's form. */
  #tellDeath(): void {
    this.#state = 'dead';
    const frame = this.#statusFrame('dead');
    for (const socket of this.#sockets) socket.send(frame);
  }

  /** What the kernel would say of its state. */
  #statusFrame(execution_state: 'busy' | 'dead'): Buffer {
    const header = {
      msg_id: randomUUID(),
      msg_type: 'status',
      session: this.id,
      username: 'put-page',
      date: new Date().toISOString(),
      version: '5.3',
    };
    const parts = [header, {}, {}, { execution_state }].map(part => Buffer.from(JSON.stringify(part)));
    return encodeFrame({ channel: 'iopub', parts });
  }
}

function stateIn(content: Uint8Array): unknown {
  try {
    return (JSON.parse(Buffer.from(content).toString()) as { execution_state?: unknown } | null)?.execution_state;
  } catch {
    // A cell can make the kernel send anything; the page sees it as it is.
    return undefined;
  }
}
