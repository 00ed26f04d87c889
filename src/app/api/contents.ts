/**
 * The part of Jupyter's contents API that a notebook page needs: `notebooks/` and the notebooks in it. Reading gives
 * the working copy where there is one, with the reader's outputs, and else the original without outputs: they would
 * answer the bets. `/api/put-page/results/NAME` has them. Writing makes a working copy. Nothing else can be read or
 * written here.
 *
 * Saving, as the page sees it. Each answer about a notebook carries its hash, as `hash` and as `ETag: "HASH"`. A page
 * saves with `If-Match: "HASH"` of what it has last read or saved, and may name itself in `X-Put-Page-Tab` (any text
 * that is the same for all saves of one tab). The answers:
 *
 * - 200: saved; `hash` is the one for the next save.
 * - 409: somebody else has saved since. Nothing is lost: the answer's `conflict` names the copy in which this version
 *   is
 *   kept now (`notebooks/CONFLICT` in this API, `address` in the browser), `hash` is that of the version that stayed. Later
 *   saves of the same tab with the old If-Match go into the same conflict copy.
 * - 507: the disk is full (`code` ENOSPC or EDQUOT). 500 with `code` EROFS, EACCES or EPERM: no permission. What was
 *   saved
 *   before is intact; the page tries again later.
 * - 428: no If-Match, and there is a copy that the save would replace. Nothing is written.
 * - `If-Match: *` replaces what is there, on purpose.
 */
import { HttpError, json, type Reply } from '../http/reply.js';
import type { Call, Router } from '../http/router.js';
import { Unreadable } from '../store/errors.js';
import { type Json, joinTexts, withoutOutputs } from '../store/notebook-json.js';
import { shapeFault } from '../store/notebook-shape.js';
import type { OpenNotebook, WorkingCopies } from '../store/working-copies.js';

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
    return tagged(opened, call.url.searchParams.get('content') !== '0');
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
  const fault = shapeFault(content);
  if (fault !== null) throw new HttpError(400, `A save must carry a notebook, and this is none: ${fault}.`);
  const { headers } = call.req;
  const page = headers['x-put-page-tab'];
  const options = { ifMatch: tags(headers['if-match']), page: typeof page === 'string' ? page : undefined };
  return tagged(await copies.save(call.param('name'), content as Json, options), false);
}

/** The hashes of an If-Match header; undefined when there is none. */
function tags(header: string | undefined): string[] | undefined {
  return header?.split(',').map(tag => tag.trim().replace(/^(?:W\/)?"(.*)"$/, '$1'));
}

function tagged(notebook: OpenNotebook, withContent: boolean): Reply {
  const reply = json(200, notebookModel(notebook, withContent));
  return { ...reply, headers: { ...reply.headers, etag: `"${notebook.hash}"` } };
}

function notebookModel(opened: OpenNotebook, withContent: boolean): Json {
  return {
    ...common(opened.name, `${FOLDER}/${opened.name}`, 'notebook'),
    hash: opened.hash,
    hash_algorithm: 'sha256',
    format: withContent ? 'json' : null,
    content: withContent ? joinTexts(shown(opened)) : null,
  };
}

function shown({ notebook, edited }: OpenNotebook): Json {
  return edited === 'original' ? withoutOutputs(notebook) : notebook;
}

function folder(path: string, content: readonly Json[] | null): Json {
  return { ...common(path, path, 'directory'), format: content === null ? null : 'json', content };
}

/** Pages compare hashes, so times need not be right, only the same each time. */
function common(name: string, path: string, type: string): Json {
  const time = new Date(0).toISOString();
  return { name, path, type, writable: type === 'notebook', created: time, last_modified: time, mimetype: null };
}
