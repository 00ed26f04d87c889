/** What the reader has done in a notebook, for its contents: GET /api/put-page/progress/NAME.ipynb. */
import { json } from '../http/reply.js';
import type { Router } from '../http/router.js';
import { lessonProgress } from '../store/progress.js';

/** @param folder where the kernels keep progress.json */
export function progressApi(router: Router, folder: string): void {
  router.on('GET', '/api/put-page/progress/:name', call =>
    json(200, lessonProgress(call.param('name'), folder) ?? { bets: [], exercises: [] }),
  );
}
