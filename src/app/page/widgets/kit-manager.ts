/** Jupyter's own widget manager, with the packages that are here; how it speaks to a kernel is told by who extends it. */
import * as base from '@jupyter-widgets/base';
import { ManagerBase } from '@jupyter-widgets/base-manager';
import * as controls from '@jupyter-widgets/controls';
import type { Widget } from '@lumino/widgets';

export type Class = Awaited<ReturnType<ManagerBase['loadClass']>>;

/** HTML of a widget is sanitised as that of any output. */
function safeHtml(sanitize: (html: string) => string): typeof controls.HTMLView {
  return class extends controls.HTMLView {
    override update(): void {
      this.content.innerHTML = sanitize(String(this.model.get('value')));
      controls.DescriptionView.prototype.update.call(this);
    }
  };
}

export abstract class KitManager extends ManagerBase {
  /** Only these packages are here: nothing is ever fetched from elsewhere. */
  readonly #packages: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly #all = new Map<string, Promise<base.WidgetModel>>();

  constructor(sanitize: (html: string) => string) {
    super();
    this.#packages = {
      '@jupyter-widgets/base': base,
      '@jupyter-widgets/controls': { ...controls, HTMLView: safeHtml(sanitize) },
    };
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
    const found = this.#packages[module]?.[name];
    if (typeof found !== 'function') throw new Error(`this page has no ${name} of ${module} ${version}`);
    return found as Class;
  }
}
