/** Our own API: the list of notebooks, working copies, news. And the little of Jupyter's that is only asked for. */
import type { News } from '../http/news.js';
import { json, noContent } from '../http/reply.js';
import type { Router } from '../http/router.js';
import type { Sessions } from '../kernels/sessions.js';
import type { Json } from '../store/notebook-json.js';
import type { NotebookProgress } from '../store/progress.js';
import { summarize } from '../store/summary.js';
import { type OpenNotebook, Unreadable, type WorkingCopies } from '../store/working-copies.js';

export function kitApi(
  router: Router,
  copies: WorkingCopies,
  sessions: Sessions,
  news: News,
  progress: (name: string) => NotebookProgress | null,
): void {
  const entry = (opened: OpenNotebook): Json => {
    const { name, notebook, edited, originalChanged } = opened;
    const kernel = sessions.running(`notebooks/${name}`);
    return { name, ...summarize(name, notebook), edited, originalChanged, kernel, progress: progress(name) };
  };
  const broken = ({ notebook: name, copy, message }: Unreadable): Json => {
    const edited = copy ? 'edited' : 'original';
    const known = { edited, originalChanged: false, kernel: false, progress: null };
    return { name, ...summarize(name, {}), symptom: message, broken: true, ...known };
  };
  router.on('GET', '/api/put-page/notebooks', async () =>
    json(
      200,
      (await copies.openAll()).map(n => (n instanceof Unreadable ? broken(n) : entry(n))),
    ),
  );
  router.on('GET', '/api/put-page/notebooks/:name', async call =>
    json(200, entry(await copies.open(call.param('name')))),
  );
  router.on('DELETE', '/api/put-page/copies/:name', async call => {
    await copies.revert(call.param('name'));
    return noContent;
  });
  router.on('GET', '/api/put-page/events', call => {
    news.stream(call.res);
    return 'open';
  });
  router.on('GET', '/api/status', () => json(200, { kernels: sessions.list().length, connections: 0 }));
  router.on('GET', '/api/me', () =>
    json(200, { identity: { username: 'reader', name: 'reader', display_name: 'reader' }, permissions: {} }),
  );
}
