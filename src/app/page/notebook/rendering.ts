/** How outputs and markdown are shown. No renderer runs scripts of outputs. */
import {
  type IRenderMime,
  RenderMimeRegistry,
  standardRendererFactories,
  svgRendererFactory,
} from '@jupyterlab/rendermime';
import { plotlyRendererFactory } from './plotly-renderer.js';

export function makeRendering(markdownParser: IRenderMime.IMarkdownParser): RenderMimeRegistry {
  const registry = new RenderMimeRegistry({ initialFactories: standardRendererFactories, markdownParser });
  registry.addFactory(plotlyRendererFactory, 0);
  // JupyterLab shows SVG as an <img>, where scripts do not run, so stored outputs may be shown before the first run.
  registry.addFactory({ ...svgRendererFactory, safe: true });
  return registry;
}
