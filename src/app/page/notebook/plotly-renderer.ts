/** Draws application/vnd.plotly.v1+json; where plotly fails, the SVG of the same output stands in. */
import type { IRenderMime } from '@jupyterlab/rendermime';
import { Widget } from '@lumino/widgets';
import { element } from '../dom.js';
import { stepWithKeys } from './figure-keys.js';

const MIME = 'application/vnd.plotly.v1+json';

interface FigureJson {
  readonly data?: unknown[];
  readonly layout?: Readonly<Record<string, unknown>>;
  readonly frames?: unknown[];
  readonly config?: Readonly<Record<string, unknown>>;
  /** The same, set for a telephone. */
  readonly narrow?: FigureJson;
}

/** Below this the narrow setting of a figure is taken, where it has one. */
const NARROW = '(max-width: 600px)';

/** Of a figure that does not say its own. */
const SIZE = { width: 800, height: 380 };

const CONFIG = {
  displaylogo: false,
  modeBarButtonsToRemove: ['select2d', 'lasso2d', 'autoScale2d', 'zoomIn2d', 'zoomOut2d', 'pan2d', 'zoom2d'],
};

class PlotlyRenderer extends Widget implements IRenderMime.IRenderer {
  #purge: (() => void) | null = null;
  /** What is drawn now, where it can be drawn over. */
  #place: HTMLElement | undefined;
  #drawing: Promise<void> = Promise.resolve();
  #wanted: FigureJson | undefined;

  constructor() {
    super();
    this.addClass('pp-figure');
  }

  async renderModel(model: IRenderMime.IMimeModel): Promise<void> {
    const text = model.data['text/plain'];
    this.node.setAttribute('role', 'img');
    this.node.setAttribute('aria-label', typeof text === 'string' ? text : 'figure');
    try {
      const figure = model.data[MIME] as unknown as FigureJson;
      this.#wanted = figure;
      // One after the other; of figures that come faster than they can be drawn, the last.
      this.#drawing = this.#drawing
        .catch(() => {})
        .then(() => (this.#wanted === figure ? this.#draw(figure) : undefined));
      await this.#drawing;
    } catch (error) {
      console.warn('plotly could not draw this figure; its SVG is shown', error);
      this.#showPicture(model.data['image/svg+xml'], typeof text === 'string' ? text : 'figure');
    }
  }

  async #draw(given: FigureJson): Promise<void> {
    const { default: plotly } = await import('plotly.js');
    const figure = given.narrow !== undefined && matchMedia(NARROW).matches ? given.narrow : given;
    // Words do not shrink with the page, and were set for this width: where there is less room, the figure scrolls. The width is told, because
    // plotly measures, and takes 700 for an output that is not in the page yet.
    const layout = figure.layout ?? {};
    const whole = {
      data: structuredClone(figure.data ?? []),
      layout: structuredClone({ ...SIZE, ...layout }),
      ...(figure.frames === undefined ? {} : { frames: structuredClone(figure.frames) }),
      config: { ...CONFIG, ...figure.config },
    };
    // A control moves: the figure stays where it is and changes.
    if (this.#place !== undefined && figure.frames === undefined) {
      await plotly.react(this.#place, whole);
      return;
    }
    const place = element('div', { class: 'pp-drawing' });
    this.#purge?.();
    this.node.replaceChildren(place);
    await plotly.newPlot(place, whole);
    this.#place = figure.frames === undefined ? place : undefined;
    // A picture may have nothing in it that takes the focus.
    if (stepWithKeys(plotly, place)) this.node.setAttribute('role', 'group');
    this.#purge = () => plotly.purge(place);
  }

  #showPicture(svg: unknown, alt: string): void {
    this.#place = undefined;
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
