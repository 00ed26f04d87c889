/** The words of docs/glossary.md: what each means in short, by the anchors that notebooks link to, and the entries whole. */
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
  router.on('GET', '/api/put-page/glossary', async () => {
    const words = readGlossary(await readFile(path.join(root, 'docs', 'glossary.md'), 'utf8'));
    return json(200, { words: [...words].map(([anchor, { term, entry }]) => ({ anchor, term, entry })) });
  });
}
