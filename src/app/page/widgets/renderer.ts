/**
 * Draws application/vnd.jupyter.widget-view+json. Where the kernel does not have the widget (any more), what the same output says to front ends
 * without widgets is shown, and a quiet line.
 */
import type { IRenderMime, IRenderMimeRegistry } from '@jupyterlab/rendermime';
import { Panel, Widget } from '@lumino/widgets';
import { element } from '../dom.js';
import type { WidgetLine } from './line.js';

const MIME = 'application/vnd.jupyter.widget-view+json';
const HINT = 'Run the cell to use the controls.';

class WidgetRenderer extends Panel implements IRenderMime.IRenderer {
  readonly #line: WidgetLine;
  readonly #registry: () => IRenderMimeRegistry;
  #model: IRenderMime.IMimeModel | undefined;
  /** The widget that is shown; undefined: words are. */
  #shown: string | undefined;
  #work: Promise<void> = Promise.resolve();

  constructor(line: WidgetLine, registry: () => IRenderMimeRegistry) {
    super();
    this.addClass('pp-widgets');
    this.#line = line;
    this.#registry = registry;
    line.changed.connect(this.#again, this);
  }

  renderModel(model: IRenderMime.IMimeModel): Promise<void> {
    this.#model = model;
    this.#again();
    return this.#work;
  }

  #again(): void {
    this.#work = this.#work
      .then(() => this.#draw())
      .catch((error: unknown) => console.warn('a widget could not be drawn', error));
  }

  async #draw(): Promise<void> {
    const model = this.#model;
    if (model === undefined || this.isDisposed) return;
    const { model_id: id } = (model.data[MIME] ?? {}) as { model_id?: unknown };
    const gone = (): void => {
      this.#shown = undefined;
      this.#again();
    };
    if (typeof id === 'string' && id === this.#shown && this.#line.has(id)) return;
    const view = typeof id === 'string' ? await this.#line.view(id, gone) : undefined;
    if (this.isDisposed) return;
    const next = view ?? (await this.#words(model));
    for (const old of [...this.widgets]) old.dispose();
    this.addWidget(next);
    if (view === undefined) this.addWidget(new Widget({ node: element('p', { class: 'pp-run-first' }, HINT) }));
    this.#shown = view === undefined ? undefined : (id as string);
  }

  async #words(model: IRenderMime.IMimeModel): Promise<Widget> {
    const { [MIME]: _, ...data } = model.data;
    const registry = this.#registry();
    const mime = registry.preferredMimeType(data as IRenderMime.IMimeModel['data'], 'any') ?? 'text/plain';
    const renderer = registry.createRenderer(mime);
    await renderer.renderModel({ data: data as never, metadata: {}, trusted: false, setData: () => {} });
    return renderer;
  }

  override dispose(): void {
    this.#line.changed.disconnect(this.#again, this);
    super.dispose();
  }
}

export function widgetRendererFactory(
  line: WidgetLine,
  registry: () => IRenderMimeRegistry,
): IRenderMime.IRendererFactory {
  return { safe: true, mimeTypes: [MIME], defaultRank: -10, createRenderer: () => new WidgetRenderer(line, registry) };
}
