/** Our own API: the list of notebooks, working copies, the results of our own run. And the little of Jupyter's that is only asked for. */
import { json, noContent } from '../http/reply.js';
import type { Router } from '../http/router.js';
import type { Sessions } from '../kernels/sessions.js';
import { Unreadable } from '../store/errors.js';
import type { Json } from '../store/notebook-json.js';
import type { NotebookProgress } from '../store/progress.js';
import { summarize } from '../store/summary.js';
import type { OpenNotebook, WorkingCopies } from '../store/working-copies.js';

export function kitApi(
  router: Router,
  copies: WorkingCopies,
  sessions: Sessions,
  progress: (name: string) => NotebookProgress | null,
): void {
  const entry = async (opened: OpenNotebook | Unreadable): Promise<Json> => {
    const name = opened instanceof Unreadable ? opened.notebook : opened.name;
    // Other versions of this notebook that were kept when two pages saved at once: each opens at /notebook/NAME.
    const conflicts = await copies.conflicts(name).catch(() => []);
    if (opened instanceof Unreadable) {
      const { copy, own, message } = opened;
      const known = {
        edited: own ? 'own' : copy ? 'edited' : 'original',
        originalChanged: false,
        kernel: false,
        progress: null,
      };
      return { name, ...summarize(name, {}), symptom: message, broken: true, ...known, conflicts };
    }
    const { notebook, edited, originalChanged } = opened;
    const kernel = sessions.running(`notebooks/${name}`);
    return { name, ...summarize(name, notebook), edited, originalChanged, kernel, progress: progress(name), conflicts };
  };
  router.on('GET', '/api/put-page/notebooks', async () =>
    json(200, await Promise.all((await copies.openAll()).map(entry))),
  );
  router.on('GET', '/api/put-page/notebooks/:name', async call =>
    json(200, await entry(await copies.open(call.param('name')))),
  );
  // The original's cells that were run, with their outputs; with `content=0` only which cells have outputs.
  router.on('GET', '/api/put-page/results/:name', async call => {
    const results = await copies.results(call.param('name'));
    const whole = call.url.searchParams.get('content') !== '0';
    const some = results.filter(result => result.outputs.length > 0);
    return json(200, whole ? results : some.map(result => ({ ...result, outputs: [] })));
  });
  router.on('DELETE', '/api/put-page/copies/:name', async call => {
    await copies.revert(call.param('name'));
    return noContent;
  });
  router.on('GET', '/api/status', () => json(200, { kernels: sessions.list().length, connections: 0 }));
  router.on('GET', '/api/me', () =>
    json(200, { identity: { username: 'reader', name: 'reader', display_name: 'reader' }, permissions: {} }),
  );
}
