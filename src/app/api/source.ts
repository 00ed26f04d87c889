/** The library's sources for the page's viewer: a file, the list of files, or where a name is defined. */
import { HttpError, json } from '../http/reply.js';
import type { Router } from '../http/router.js';
import { findDefinition, listSources, readSource } from '../store/source-files.js';

export function sourceApi(router: Router, root: string): void {
  router.on('GET', '/api/put-page/source', async ({ url }) => {
    const file = url.searchParams.get('file');
    const name = url.searchParams.get('name');
    if (file !== null) return json(200, { file, text: await readSource(root, file) });
    if (name === null) return json(200, { files: await listSources(root) });
    const place = await findDefinition(root, name, url.searchParams.get('notebook') ?? '');
    if (place === null) throw new HttpError(404, `Nothing in src/ has the name '${name}'.`);
    return json(200, { ...place, text: await readSource(root, place.file) });
  });
}
