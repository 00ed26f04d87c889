/** Outputs that were too long for a page: `/api/put-page/outputs/ID`, whole, and `…/lines?first=N&many=M`, a part. */
import { HttpError, json } from '../http/reply.js';
import type { Router } from '../http/router.js';
import type { WholeOutputs } from '../kernels/whole-outputs.js';

const GONE = 'This output is no longer kept: its kernel or the server was ended. Run the cell again.';

export function outputsApi(router: Router, outputs: WholeOutputs): void {
  router.on('GET', '/api/put-page/outputs/:id', call => {
    const file = outputs.file(call.param('id'));
    if (file === null) throw new HttpError(404, GONE);
    const headers = {
      'content-type': 'text/plain; charset=utf-8',
      'content-disposition': 'attachment; filename="output.txt"',
    };
    return { status: 200, headers, file };
  });
  router.on('GET', '/api/put-page/outputs/:id/lines', async call => {
    const number = (name: string): number => {
      const value = Number(call.url.searchParams.get(name) ?? Number.NaN);
      if (!Number.isInteger(value) || value < 0) throw new HttpError(400, `'${name}' has to be a whole number from 0.`);
      return value;
    };
    const part = await outputs.lines(call.param('id'), number('first'), number('many'));
    if (part === null) throw new HttpError(404, GONE);
    return json(200, part);
  });
}
