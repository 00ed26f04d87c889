/** Jupyter's own widget manager, over one kernel of this page. Loaded when the first widget appears. */
import * as base from '@jupyter-widgets/base';
import { ManagerBase } from '@jupyter-widgets/base-manager';
import * as controls from '@jupyter-widgets/controls';
import { Sanitizer } from '@jupyterlab/apputils';
import type { Kernel, KernelMessage } from '@jupyterlab/services';
import type { Widget } from '@lumino/widgets';

type Json = Parameters<ManagerBase['_create_comm']>[2];
type Buffers = Parameters<ManagerBase['_create_comm']>[4];
type Class = Awaited<ReturnType<ManagerBase['loadClass']>>;

const sanitizer = new Sanitizer();

/** HTML of a widget is sanitised as that of any output. */
class SafeHtml extends controls.HTMLView {
  override update(): void {
    this.content.innerHTML = sanitizer.sanitize(String(this.model.get('value')));
    controls.DescriptionView.prototype.update.call(this);
  }
}

/** Only these packages are here: nothing is ever fetched from elsewhere. */
const packages: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  '@jupyter-widgets/base': base,
  '@jupyter-widgets/controls': { ...controls, HTMLView: SafeHtml },
};

export class PageManager extends ManagerBase {
  readonly #kernel: Kernel.IKernelConnection;
  readonly #all = new Map<string, Promise<base.WidgetModel>>();

  constructor(kernel: Kernel.IKernelConnection) {
    super();
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

  override register_model(id: string, model: Promise<base.WidgetModel>): void {
    this.#all.set(id, model);
    super.register_model(id, model);
  }

  /** The kernel is gone: the models go too, and nobody is left to be told. */
  end(): void {
    for (const model of this.#all.values()) void model.then(one => one.close(true)).catch(() => {});
    this.#all.clear();
  }

  /** A new view of a model, or undefined when the kernel has none of this id. `gone`: called when the model is closed. */
  async view(id: string, gone: () => void): Promise<Widget | undefined> {
    if (!this.has_model(id)) return undefined;
    const model = (await this.get_model(id)) as base.DOMWidgetModel;
    const view = await this.create_view(model);
    model.once('destroy', gone);
    return view.luminoWidget;
  }

  protected override async loadClass(name: string, module: string, version: string): Promise<Class> {
    const found = packages[module]?.[name];
    if (typeof found !== 'function') throw new Error(`this page has no ${name} of ${module} ${version}`);
    return found as Class;
  }

  protected override async _create_comm(target: string, id?: string, data?: Json, metadata?: Json, buffers?: Buffers) {
    const comm = this.#kernel.createComm(target, id);
    if (data !== undefined || metadata !== undefined) comm.open(data, metadata, buffers);
    return new base.shims.services.Comm(comm);
  }

  protected override async _get_comm_info(): Promise<object> {
    const { content } = await this.#kernel.requestCommInfo({ target_name: this.comm_target_name });
    return content.status === 'ok' ? content.comms : {};
  }
}
