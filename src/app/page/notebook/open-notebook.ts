/** JupyterLab's notebook component on one notebook of ours. */

import { CodeMirrorMimeTypeService } from '@jupyterlab/codemirror';
import { Context } from '@jupyterlab/docregistry';
import {
  type INotebookModel,
  NotebookModelFactory,
  type NotebookPanel,
  NotebookWidgetFactory,
  runCell,
  StaticNotebook,
  setCellExecutor,
} from '@jupyterlab/notebook';
import type { Kernel, ServiceManager } from '@jupyterlab/services';
import { failedLines } from '../help/failed-lines.js';
import { KernelWork } from '../help/kernel-work.js';
import { Squiggles } from '../help/squiggles.js';
import { WidgetLine } from '../widgets/line.js';
import { followOutputs } from '../widgets/live-outputs.js';
import { CellFactory } from './cells.js';
import { kernelCompletion } from './completion.js';
import { makeEditors } from './editors.js';
import { kernelInspection } from './inspection.js';
import { linkResolver } from './links.js';
import { makeMarkdownParser } from './markdown.js';
import { makeRendering } from './rendering.js';

/** @param path the notebook as the contents API names it: `notebooks/NAME.ipynb` */
export async function openNotebook(manager: ServiceManager, path: string): Promise<NotebookPanel> {
  setCellExecutor(Object.freeze({ runCell }));
  const context = new Context<INotebookModel>({
    manager,
    factory: new NotebookModelFactory({}),
    path,
    kernelPreference: { name: 'put-page', shouldStart: true, canStart: true, shutdownOnDispose: false },
    urlResolverFactory: { createResolver: () => linkResolver(path) },
  });
  const work = new KernelWork(context.sessionContext);
  const kernel = (): Kernel.IKernelConnection | null => work.free;
  const squiggles = new Squiggles(context.sessionContext, kernel, context.model);
  const editors = makeEditors(cellType => [
    kernelCompletion(kernel),
    kernelInspection(kernel),
    cellType === 'code' ? [squiggles.extension, failedLines] : [],
  ]);
  const widgets = new WidgetLine();
  const factory = new NotebookWidgetFactory({
    name: 'Notebook',
    fileTypes: ['notebook'],
    rendermime: makeRendering(makeMarkdownParser(editors.languages), widgets),
    contentFactory: new CellFactory({ editorFactory: editors.factory.newInlineEditor }),
    mimeTypeService: new CodeMirrorMimeTypeService(editors.languages),
    editorConfig: {
      ...StaticNotebook.defaultEditorConfig,
      // Nothing of a cell is out of sight, at 900 px neither.
      code: { ...StaticNotebook.defaultEditorConfig.code, lineWrap: true },
    },
    notebookConfig: {
      ...StaticNotebook.defaultNotebookConfig,
      // The first cells are drawn at once, the others when the browser has time; then every cell stays in the document:
      // find in page, printing and screen readers see all of it.
      windowingMode: 'defer',
      scrollPastEnd: false,
    },
  });
  const panel = factory.createNew(context);
  widgets.follow(context.sessionContext);
  followOutputs(panel);
  await context.initialize(false);
  await context.ready;
  return panel;
}
