/** The controls of a live notebook: Jupyter's own, speaking to the kernel's worker. Loaded when the first one appears. */
import type { ICallbacks, IClassicComm } from '@jupyter-widgets/base';
import { Widget } from '@lumino/widgets';
import { KitManager } from '../../../app/page/widgets/kit-manager.js';
import type { Incoming } from '../../../jupyter/comms/comms.js';
import type { Json } from '../../../jupyter/comms/host.js';

/** Resolves when the kernel is done with the message. */
export type Send = (message: Incoming) => Promise<void>;

type Buffers = Parameters<IClassicComm['send']>[3];
type Create = Parameters<KitManager['_create_comm']>;

const idle = { header: { msg_type: 'status' }, content: { execution_state: 'idle' } };

const bytesOf = (buffers: Buffers = []): readonly Uint8Array[] =>
  buffers.map(one =>
    ArrayBuffer.isView(one) ? new Uint8Array(one.buffer, one.byteOffset, one.byteLength) : new Uint8Array(one),
  );

/** One line to one control, from the page's side. */
class PageComm implements IClassicComm {
  readonly comm_id: string;
  readonly target_name: string;
  readonly #send: Send;
  hear: (message: object) => void = () => {};
  closed: (message: object) => void = () => {};

  constructor(id: string, target: string, send: Send) {
    this.comm_id = id;
    this.target_name = target;
    this.#send = send;
  }

  #say(
    type: string,
    content: Json,
    {
      callbacks,
      metadata = {},
      buffers,
    }: { callbacks?: ICallbacks | undefined; metadata?: Json | undefined; buffers?: Buffers },
  ): string {
    const sent = this.#send({
      type,
      content: { comm_id: this.comm_id, ...content },
      metadata,
      buffers: bytesOf(buffers),
    });
    // A control that moves fast waits for this, and then says only where it is.
    void sent.then(() => callbacks?.iopub?.status?.(idle as never));
    return '';
  }

  open(data: unknown, callbacks?: ICallbacks, metadata?: Json, buffers?: Buffers): string {
    return this.#say('comm_open', { target_name: this.target_name, data }, { callbacks, metadata, buffers });
  }

  send(data: unknown, callbacks?: ICallbacks, metadata?: Json, buffers?: Buffers): string {
    return this.#say('comm_msg', { data }, { callbacks, metadata, buffers });
  }

  close(data: unknown = {}, callbacks?: ICallbacks, metadata?: Json, buffers?: Buffers): string {
    return this.#say('comm_close', { data }, { callbacks, metadata, buffers });
  }

  on_msg(callback: (message: object) => void): void {
    this.hear = callback;
  }

  on_close(callback: (message: object) => void): void {
    this.closed = callback;
  }
}

export class PageWidgets extends KitManager {
  readonly #send: Send;
  readonly #comms = new Map<string, PageComm>();

  constructor(send: Send) {
    super(html => this.inline_sanitize(html));
    this.#send = send;
  }

  /** What the kernel says. */
  async take({ type, content, metadata, buffers }: Incoming): Promise<void> {
    const id = String(content.comm_id);
    const message = {
      content,
      metadata,
      buffers: buffers.map(one => new DataView(one.buffer, one.byteOffset, one.byteLength)),
    };
    if (type === 'comm_open') {
      const comm = new PageComm(id, String(content.target_name), this.#send);
      this.#comms.set(id, comm);
      await this.handle_comm_open(comm, message as never);
      return;
    }
    const comm = this.#comms.get(id);
    if (type === 'comm_msg') comm?.hear(message);
    else if (this.#comms.delete(id)) comm?.closed(message);
  }

  /** Draws a control into `into`, which is on the page. False: there is none of this id. The result, called, takes it away. */
  async draw(id: string, into: HTMLElement, gone: () => void): Promise<(() => void) | undefined> {
    const view = await this.view(id, gone);
    if (view === undefined) return undefined;
    into.replaceChildren();
    Widget.attach(view, into);
    return () => view.dispose();
  }

  protected override async _create_comm(...[target, id = '', data, metadata, buffers]: Create): Promise<PageComm> {
    const comm = new PageComm(id, target, this.#send);
    this.#comms.set(id, comm);
    if (data !== undefined) comm.open(data, undefined, metadata, buffers);
    return comm;
  }

  /** A page that has been loaded has no kernel yet, and so there is nothing to take over. */
  protected override async _get_comm_info(): Promise<object> {
    return {};
  }
}
