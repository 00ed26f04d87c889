/** Whether the kernel runs a cell. While it only answers an editor it is busy, too, and the next question may follow. */
import type { ISessionContext } from '@jupyterlab/apputils';
import type { Kernel, KernelMessage } from '@jupyterlab/services';

/** Answered in a moment, and nothing runs for them. */
const QUESTIONS: ReadonlySet<string> = new Set([
  'complete_request',
  'inspect_request',
  'is_complete_request',
  'kernel_info_request',
  'comm_info_request',
  'history_request',
  'put_page_check_request',
]);

export class KernelWork {
  readonly #session: ISessionContext;
  #runs = false;

  constructor(session: ISessionContext) {
    this.#session = session;
    session.iopubMessage.connect((_, message) => {
      if (message.header.msg_type !== 'status') return;
      const { msg_type: asked = '' } = message.parent_header as { readonly msg_type?: string };
      const state = (message as KernelMessage.IStatusMsg).content.execution_state;
      if (!QUESTIONS.has(asked)) this.#runs = state === 'busy';
    });
    session.kernelChanged.connect(() => {
      this.#runs = false;
    });
    session.statusChanged.connect((_, status) => {
      if (status !== 'busy' && status !== 'idle') this.#runs = false;
    });
  }

  /** The kernel, where it can answer now; else null. */
  get free(): Kernel.IKernelConnection | null {
    const kernel = this.#session.session?.kernel;
    if (kernel == null || kernel.isDisposed || kernel.connectionStatus !== 'connected' || this.#runs) return null;
    return kernel.status === 'idle' || kernel.status === 'busy' ? kernel : null;
  }
}
