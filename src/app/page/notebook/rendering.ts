/**
 * How outputs and markdown are shown. No output is trusted, whoever ran its cell: HTML is always sanitised, no renderer
 * runs a script, and SVG is drawn as a picture. The style sheet keeps each output in its own box.
 */
import {
  errorRendererFactory,
  htmlRendererFactory,
  type IRenderMime,
  imageRendererFactory,
  latexRendererFactory,
  markdownRendererFactory,
  RenderMimeRegistry,
  svgRendererFactory,
  textRendererFactory,
} from '@jupyterlab/rendermime';
import { linkPlaces } from '../help/places.js';
import type { WidgetLine } from '../widgets/line.js';
import { widgetRendererFactory } from '../widgets/renderer.js';
import { cutRendererFactory } from './cut-renderer.js';
import { plotlyRendererFactory } from './plotly-renderer.js';
import { explainWord } from './words.js';

/** JupyterLab's own, without its renderer for JavaScript. */
const STANDARD = [
  htmlRendererFactory,
  markdownRendererFactory,
  latexRendererFactory,
  svgRendererFactory,
  imageRendererFactory,
  errorRendererFactory,
  textRendererFactory,
];

export function makeRendering(markdownParser: IRenderMime.IMarkdownParser, widgets: WidgetLine): RenderMimeRegistry {
  const registry = new RenderMimeRegistry({ initialFactories: STANDARD.map(neverTrusting), markdownParser });
  registry.addFactory(plotlyRendererFactory, 0);
  registry.addFactory(cutRendererFactory, 0);
  registry.addFactory(
    widgetRendererFactory(widgets, () => registry),
    -10,
  );
  return registry;
}

/** The factory's renderer, which takes every output for a stranger's; then it is safe, and draws stored outputs too. */
function neverTrusting(factory: IRenderMime.IRendererFactory): IRenderMime.IRendererFactory {
  return {
    ...factory,
    safe: true,
    createRenderer: options => {
      const renderer = factory.createRenderer(options);
      // A form without an address would be sent to this page, and take the reader out of it.
      renderer.node.addEventListener('submit', event => event.preventDefault(), true);
      const render = renderer.renderModel.bind(renderer);
      renderer.renderModel = async model => {
        await render(asUntrusted(model));
        if (options.mimeType === 'application/vnd.jupyter.stderr') linkPlaces(renderer.node);
        for (const link of renderer.node.querySelectorAll<HTMLAnchorElement>('a[href], area[href]')) {
          guard(link);
          explainWord(link);
        }
      };
      return renderer;
    },
  };
}

function asUntrusted(model: IRenderMime.IMimeModel): IRenderMime.IMimeModel {
  const { data, metadata } = model;
  return { trusted: false, data, metadata, setData: options => model.setData(options) };
}

/** A link that leaves the page opens beside it, and its page cannot reach back. */
function guard(link: HTMLAnchorElement): void {
  if (link.classList.contains('jp-InternalAnchorLink') || link.getAttribute('href')?.startsWith('#')) return;
  link.rel = 'noopener noreferrer';
  if (link.origin !== location.origin) link.target = '_blank';
}
