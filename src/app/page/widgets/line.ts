/** The line to the widgets of the notebook's kernel, whichever that is: it comes and goes with the kernel. */
import type { ISessionContext } from '@jupyterlab/apputils';
import type { Kernel } from '@jupyterlab/services';
import { Signal } from '@lumino/signaling';
import type { Widget } from '@lumino/widgets';
import { isCanceled } from '../canceled.js';
import type { PageManager } from './manager.js';

const TARGET = 'jupyter.widget';

export class WidgetLine {
  /** There may be other widgets than before: whoever shows one looks again. */
  readonly changed = new Signal<WidgetLine, void>(this);
  #manager: Promise<PageManager> | undefined;
  #loaded: PageManager | undefined;

  follow(session: ISessionContext): void {
    session.kernelChanged.connect((_, { newValue }) => this.#take(newValue ?? undefined));
    session.statusChanged.connect((_, status) => {
      if (status === 'restarting' || status === 'autorestarting' || status === 'dead') this.#drop();
    });
    this.#take(session.session?.kernel ?? undefined);
  }

  /** Whether there is such a widget, as far as this page knows. */
  has(id: string): boolean {
    return this.#loaded?.has_model(id) === true;
  }

  /** Undefined where the kernel has no such widget. */
  async view(id: string, gone: () => void): Promise<Widget | undefined> {
    return (await this.#manager)?.view(id, gone);
  }

  /** The kernel is gone, and its widgets with it. */
  #drop(): void {
    const old = this.#manager;
    this.#manager = undefined;
    this.#loaded = undefined;
    void old?.then(manager => manager.end());
    this.changed.emit();
  }

  #take(kernel: Kernel.IKernelConnection | undefined): void {
    this.#drop();
    if (kernel === undefined) return;
    kernel.registerCommTarget(TARGET, async (comm, message) => (await this.#load(kernel)).opened(comm, message));
    this.#restore(kernel).catch((error: unknown) => {
      // After a restart there are none to come back, and this is called again.
      if (!isCanceled(error)) console.warn('the widgets of this kernel did not come back', error);
    });
  }

  async #restore(kernel: Kernel.IKernelConnection): Promise<void> {
    const { content } = await kernel.requestCommInfo({ target_name: TARGET });
    if (content.status !== 'ok' || Object.keys(content.comms).length === 0) return;
    await (await this.#load(kernel)).restore();
    this.changed.emit();
  }

  #load(kernel: Kernel.IKernelConnection): Promise<PageManager> {
    this.#manager ??= import('./manager.js').then(({ PageManager }) => {
      this.#loaded = new PageManager(kernel);
      return this.#loaded;
    });
    return this.#manager;
  }
}
