/**
 * Notebooks of the reader's own: `/api/put-page/own`. POST makes one, from `text` (a file that was opened), as a duplicate
 * `of` another notebook, or new; PATCH gives it a `name`; DELETE sets it aside, and POST `…/restore` brings it back.
 * Names are without `.ipynb` in requests. 400 and 409 say what is wrong with a name, with a `suggestion`.
 */
import { HttpError, json } from '../http/reply.js';
import type { Router } from '../http/router.js';
import type { Sessions } from '../kernels/sessions.js';
import { newNotebook, notebookIn } from '../store/new-notebook.js';
import { type Json, withoutOutputs } from '../store/notebook-json.js';
import type { OwnNotebooks } from '../store/own-notebooks.js';
import type { WorkingCopies } from '../store/working-copies.js';

export function ownApi(router: Router, own: OwnNotebooks, copies: WorkingCopies, sessions: Sessions): void {
  router.on('GET', '/api/put-page/own/free', async call =>
    json(200, { name: await own.free(call.url.searchParams.get('wish') ?? '') }),
  );
  router.on('POST', '/api/put-page/own', async call => {
    const { name, of, text } = await call.body();
    const stem = stemOf(name);
    if (typeof text === 'string') {
      const notebook = notebookIn(text, stem.endsWith('.ipynb') ? stem : `${stem}.ipynb`);
      return json(201, { name: await own.create(await own.free(stem), notebook) });
    }
    const notebook = typeof of === 'string' ? await duplicate(copies, of) : newNotebook(stem);
    return json(201, { name: await own.create(stem, notebook) });
  });
  router.on('POST', '/api/put-page/own/restore', async call => {
    const { deleted } = await call.body();
    return json(200, { name: await own.restore(String(deleted ?? '')) });
  });
  router.on('PATCH', '/api/put-page/own/:name', async call => {
    const from = call.param('name');
    const name = await own.rename(from, stemOf((await call.body()).name));
    sessions.moved(`notebooks/${from}`, `notebooks/${name}`, name);
    return json(200, { name });
  });
  router.on('DELETE', '/api/put-page/own/:name', async call => {
    const deleted = await own.remove(call.param('name'));
    await sessions.endAt(`notebooks/${call.param('name')}`);
    return json(200, { deleted });
  });
}

/** As the reader sees it: an original has no outputs. */
async function duplicate(copies: WorkingCopies, name: string): Promise<Json> {
  const { notebook, edited } = await copies.open(name);
  return edited === 'original' ? withoutOutputs(notebook) : notebook;
}

function stemOf(name: unknown): string {
  if (typeof name !== 'string') throw new HttpError(400, 'A notebook needs a name, as `name`.');
  return name.trim().replace(/\.ipynb$/i, '');
}
