/** Draws application/vnd.plotly.v1+json in a notebook of the application. */
import type { IRenderMime } from '@jupyterlab/rendermime';
import { Widget } from '@lumino/widgets';
import { DrawnFigure } from './drawn-figure.js';
import type { FigureJson } from './figure-bar.js';

const MIME = 'application/vnd.plotly.v1+json';

class PlotlyRenderer extends Widget implements IRenderMime.IRenderer {
  readonly #figure = new DrawnFigure(this.node);

  renderModel({ data }: IRenderMime.IMimeModel): Promise<void> {
    return this.#figure.show(data[MIME] as unknown as FigureJson, data['text/plain'], data['image/svg+xml']);
  }

  override dispose(): void {
    if (this.isDisposed) return;
    this.#figure.end();
    super.dispose();
  }
}

export const plotlyRendererFactory: IRenderMime.IRendererFactory = {
  safe: true,
  mimeTypes: [MIME],
  defaultRank: 0,
  createRenderer: () => new PlotlyRenderer(),
};
