/**
 * The part of Jupyter's contents API that a notebook page needs: `notebooks/` and the notebooks in it. Reading gives the
 * working copy where there is one; writing makes one. Nothing else can be read or written here.
 */
import { HttpError, json, type Reply } from '../http/reply.js';
import type { Call, Router } from '../http/router.js';
import { type Json, joinTexts } from '../store/notebook-json.js';
import { type OpenNotebook, Unreadable, type WorkingCopies } from '../store/working-copies.js';

const FOLDER = 'notebooks';

export function contentsApi(router: Router, copies: WorkingCopies): void {
  router.on('GET', '/api/contents', () => json(200, folder('', [folder(FOLDER, null)])));
  router.on('GET', `/api/contents/${FOLDER}`, async () => {
    const readable = (await copies.openAll()).filter((n): n is OpenNotebook => !(n instanceof Unreadable));
    return json(
      200,
      folder(
        FOLDER,
        readable.map(n => notebookModel(n, false)),
      ),
    );
  });
  router.on('GET', `/api/contents/${FOLDER}/:name`, async call => {
    const opened = await copies.open(call.param('name'));
    return json(200, notebookModel(opened, call.url.searchParams.get('content') !== '0'));
  });
  router.on('PUT', `/api/contents/${FOLDER}/:name`, call => save(call, copies));
  // Checkpoints: the original is the only one, and it is never deleted.
  router.on('GET', `/api/contents/${FOLDER}/:name/checkpoints`, () => json(200, []));
  router.on('POST', `/api/contents/${FOLDER}/:name/checkpoints`, () =>
    json(201, { id: 'original', last_modified: new Date(0).toISOString() }),
  );
  for (const method of ['PUT', 'POST', 'PATCH', 'DELETE'])
    router.on(method, '/api/contents/:rest*', () => {
      throw new HttpError(403, `Only notebooks in ${FOLDER}/ can be saved, as working copies.`);
    });
}

async function save(call: Call, copies: WorkingCopies): Promise<Reply> {
  const { content } = await call.body();
  if (typeof content !== 'object' || content === null || !Array.isArray((content as Json).cells))
    throw new HttpError(400, 'A save must carry a notebook: an object with cells, as `content`.');
  return json(200, notebookModel(await copies.save(call.param('name'), content as Json), false));
}

function notebookModel(opened: OpenNotebook, withContent: boolean): Json {
  return {
    ...common(opened.name, `${FOLDER}/${opened.name}`, 'notebook'),
    hash: opened.hash,
    hash_algorithm: 'sha256',
    format: withContent ? 'json' : null,
    content: withContent ? joinTexts(opened.notebook) : null,
  };
}

function folder(path: string, content: readonly Json[] | null): Json {
  return { ...common(path, path, 'directory'), format: content === null ? null : 'json', content };
}

/** Pages compare hashes, so times need not be right, only the same each time. */
function common(name: string, path: string, type: string): Json {
  const time = new Date(0).toISOString();
  return { name, path, type, writable: type === 'notebook', created: time, last_modified: time, mimetype: null };
}
