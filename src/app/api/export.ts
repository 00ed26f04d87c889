/**
 * A notebook as one HTML file that needs nothing: POST /api/put-page/export/NAME with the notebook as `content`, as it
 * stands on the page. It is the page of `put-page export`.
 */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { handoutPage, readGlossary } from '../../handouts/index.js';
import { parseNotebook } from '../../jupyter/notebook/validate.js';
import { lessons } from '../../stories/index.js';
import { revealedIn } from '../../workshop/index.js';
import { HttpError, json } from '../http/reply.js';
import type { Router } from '../http/router.js';
import type { Json } from '../store/notebook-json.js';
import { shapeFault } from '../store/notebook-shape.js';
import { printNotebook } from '../store/print-notebook.js';

/** @param root the package root, which has the glossary */
export function exportApi(router: Router, root: string): void {
  router.on('POST', '/api/put-page/export/:name', async call => {
    const file = call.param('name');
    const { content } = await call.body();
    const fault = shapeFault(content);
    if (fault !== null) throw new HttpError(400, `An export needs a notebook, and this is none: ${fault}.`);
    const notebook = parseNotebook(printNotebook(content as Json), file);
    const name = file.replace(/\.ipynb$/, '');
    const html = handoutPage({
      name,
      notebook,
      lesson: lessons.find(lesson => lesson.notebook === name),
      glossary: readGlossary(await readFile(path.join(root, 'docs', 'glossary.md'), 'utf8')),
      solutions: 'none',
      paper: false,
      answers: revealedIn(notebook),
    });
    // In JSON: as a document of our origin it is never shown.
    return json(200, { html });
  });
}
