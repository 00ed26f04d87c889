/** What the words of docs/glossary.md mean, by the anchors that notebooks link to. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { readGlossary } from '../../handouts/glossary.js';
import { json } from '../http/reply.js';
import type { Router } from '../http/router.js';

export function wordsApi(router: Router, root: string): void {
  router.on('GET', '/api/put-page/words', async () => {
    const words = readGlossary(await readFile(path.join(root, 'docs', 'glossary.md'), 'utf8'));
    return json(200, Object.fromEntries([...words].map(([anchor, { says }]) => [anchor, says])));
  });
}
