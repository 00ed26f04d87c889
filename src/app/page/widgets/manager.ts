/** The widgets of one kernel of this page. Loaded when the first widget appears. */
import * as base from '@jupyter-widgets/base';
import { Sanitizer } from '@jupyterlab/apputils';
import type { Kernel, KernelMessage } from '@jupyterlab/services';
import { KitManager } from './kit-manager.js';

type Create = Parameters<KitManager['_create_comm']>;

const sanitizer = new Sanitizer();

export class PageManager extends KitManager {
  readonly #kernel: Kernel.IKernelConnection;

  constructor(kernel: Kernel.IKernelConnection) {
    super(html => sanitizer.sanitize(html));
    this.#kernel = kernel;
  }

  /** The kernel has opened a widget. */
  async opened(comm: Kernel.IComm, message: KernelMessage.ICommOpenMsg): Promise<void> {
    await this.handle_comm_open(new base.shims.services.Comm(comm), message);
  }

  /** Takes over all widgets that the kernel has. */
  async restore(): Promise<void> {
    await this._loadFromKernel();
  }

  protected override async _create_comm(...[target, id, data, metadata, buffers]: Create) {
    const comm = this.#kernel.createComm(target, id);
    if (data !== undefined || metadata !== undefined) comm.open(data, metadata, buffers);
    return new base.shims.services.Comm(comm);
  }

  protected override async _get_comm_info(): Promise<object> {
    const { content } = await this.#kernel.requestCommInfo({ target_name: this.comm_target_name });
    return content.status === 'ok' ? content.comms : {};
  }
}
