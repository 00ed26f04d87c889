/** The mailing-list thread that a notebook is about, as data/threads.json has it: GET /api/put-page/thread/NAME.ipynb. */
import { threads } from '../../linux/data/threads.js';
import { json } from '../http/reply.js';
import type { Router } from '../http/router.js';

export function threadApi(router: Router): void {
  router.on('GET', '/api/put-page/thread/:name', call =>
    json(200, { thread: threads().find(({ notebook }) => `${notebook}.ipynb` === call.param('name')) ?? null }),
  );
}
