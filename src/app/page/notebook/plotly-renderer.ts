/** Draws application/vnd.plotly.v1+json; where plotly fails, the SVG of the same output stands in. */
import type { IRenderMime } from '@jupyterlab/rendermime';
import { Widget } from '@lumino/widgets';
import { element } from '../dom.js';

const MIME = 'application/vnd.plotly.v1+json';

interface FigureJson {
  readonly data?: unknown[];
  readonly layout?: Readonly<Record<string, unknown>>;
  readonly frames?: unknown[];
  readonly config?: Readonly<Record<string, unknown>>;
}

const CONFIG = {
  responsive: true,
  displaylogo: false,
  modeBarButtonsToRemove: ['select2d', 'lasso2d', 'autoScale2d', 'zoomIn2d', 'zoomOut2d', 'pan2d', 'zoom2d'],
};

class PlotlyRenderer extends Widget implements IRenderMime.IRenderer {
  #purge: (() => void) | null = null;

  constructor() {
    super();
    this.addClass('pp-figure');
  }

  async renderModel(model: IRenderMime.IMimeModel): Promise<void> {
    const text = model.data['text/plain'];
    this.node.setAttribute('role', 'img');
    this.node.setAttribute('aria-label', typeof text === 'string' ? text : 'figure');
    try {
      await this.#draw(model.data[MIME] as unknown as FigureJson);
    } catch (error) {
      console.warn('plotly could not draw this figure; its SVG is shown', error);
      this.#showPicture(model.data['image/svg+xml'], typeof text === 'string' ? text : 'figure');
    }
  }

  async #draw(figure: FigureJson): Promise<void> {
    const { default: plotly } = await import('plotly.js');
    // Words do not shrink with the page, and were set for this width: where there is less room, the figure scrolls.
    const { width, ...layout } = figure.layout ?? {};
    const place = element('div', { class: 'pp-drawing' });
    if (typeof width === 'number') place.style.width = `${width}px`;
    const height = typeof layout.height === 'number' ? layout.height : 380;
    place.style.height = `${height}px`;
    this.#purge?.();
    this.node.replaceChildren(place);
    await plotly.newPlot(place, {
      data: structuredClone(figure.data ?? []),
      layout: structuredClone({ ...layout, height, autosize: true }),
      ...(figure.frames === undefined ? {} : { frames: structuredClone(figure.frames) }),
      config: { ...CONFIG, ...figure.config },
    });
    this.#purge = () => plotly.purge(place);
  }

  #showPicture(svg: unknown, alt: string): void {
    const source = Array.isArray(svg) ? svg.join('') : svg;
    this.node.replaceChildren(
      typeof source === 'string'
        ? element('img', { src: `data:image/svg+xml;charset=utf-8,${encodeURIComponent(source)}`, alt })
        : element('p', {}, alt),
    );
  }

  override dispose(): void {
    if (this.isDisposed) return;
    this.#purge?.();
    super.dispose();
  }
}

export const plotlyRendererFactory: IRenderMime.IRendererFactory = {
  safe: true,
  mimeTypes: [MIME],
  defaultRank: 0,
  createRenderer: () => new PlotlyRenderer(),
};
