/** A front end that speaks comms with a kernel, and keeps what comes back. */
import { KernelClient } from '#src/jupyter/client/kernel-client.js';
import { type Message, parse, request } from '#src/jupyter/client/wire.js';

export type Content = Readonly<Record<string, unknown>>;

export interface Got extends Message {
  readonly content: Content;
  readonly buffers: readonly Uint8Array[];
}

const LIMIT_MS = 60_000;

export class CommLine {
  readonly kernel: KernelClient;
  readonly got: Got[] = [];
  #look = (): void => {};

  private constructor(kernel: KernelClient) {
    this.kernel = kernel;
    kernel.onRaw = (channel, parts) => {
      this.got.push({ ...parse(channel, parts), buffers: parts.slice(4) });
      this.#look();
    };
  }

  static async start(): Promise<CommLine> {
    return new CommLine(await KernelClient.start());
  }

  /** Sends, and gives the id of the message at once. */
  send(type: string, content: object, buffers: readonly Uint8Array[] = [], metadata: object = {}): string {
    const { id, parts } = request('a-front-end', type, content);
    const [header = Buffer.of(), parent = Buffer.of(), , body = Buffer.of()] = parts;
    void this.kernel.sendRaw('shell', [header, parent, Buffer.from(JSON.stringify(metadata)), body, ...buffers]);
    return id;
  }

  say(commId: string, data: unknown, buffers: readonly Uint8Array[] = []): string {
    return this.send('comm_msg', { comm_id: commId, data }, buffers);
  }

  /** The first message that is as wanted, of those that came or of those to come. Errors: none within a minute. */
  async find(wanted: (message: Got) => boolean, what: string): Promise<Got> {
    const end = Date.now() + LIMIT_MS;
    for (let looked = 0; ; ) {
      const found = this.got.slice(looked).find(wanted);
      if (found !== undefined) return found;
      looked = this.got.length;
      if (Date.now() > end) throw new Error(`${what} did not come`);
      await new Promise<void>(resolve => {
        const timer = setTimeout(resolve, 1000);
        this.#look = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  }

  /** Waits until the kernel is done with a message; what it published on its behalf. */
  async done(id: string): Promise<Got[]> {
    await this.find(m => m.parent.msg_id === id && m.content.execution_state === 'idle', 'the end of a message');
    return this.got.filter(m => m.parent.msg_id === id && m.header.msg_type !== 'status');
  }

  /** Says something and waits until the kernel is done with it. */
  ask(commId: string, data: unknown, buffers: readonly Uint8Array[] = []): Promise<Got[]> {
    return this.done(this.say(commId, data, buffers));
  }

  async run(code: string): Promise<void> {
    const { status, outputs } = await this.kernel.execute(code, { timeoutMs: LIMIT_MS });
    if (status !== 'ok') throw new Error(JSON.stringify(outputs));
  }
}
