/** Jupyter's kernels and kernelspecs, as far as a notebook page uses them. */
import { kernelName } from '../../jupyter/notebook/nbformat.js';
import { HttpError, json, noContent } from '../http/reply.js';
import type { Call, Router } from '../http/router.js';
import type { KernelPool } from '../kernels/pool.js';
import type { RunningKernel } from '../kernels/running-kernel.js';

const SPEC = {
  name: kernelName,
  resources: {},
  spec: {
    argv: [],
    display_name: 'TypeScript',
    language: 'typescript',
    env: {},
    metadata: {},
    interrupt_mode: 'signal',
  },
};

export function kernelsApi(router: Router, kernels: KernelPool): void {
  router.on('GET', '/api/kernelspecs', () => json(200, { default: kernelName, kernelspecs: { [kernelName]: SPEC } }));
  router.on('GET', '/api/kernels', () =>
    json(
      200,
      kernels.list().map(kernel => kernel.model),
    ),
  );
  router.on('POST', '/api/kernels', async () => json(201, (await kernels.take()).model));
  router.on('GET', '/api/kernels/:id', call => json(200, find(kernels, call).model));
  router.on('DELETE', '/api/kernels/:id', async call => {
    await kernels.end(find(kernels, call).id);
    return noContent;
  });
  router.on('POST', '/api/kernels/:id/interrupt', call => {
    find(kernels, call).interrupt();
    return noContent;
  });
  router.on('POST', '/api/kernels/:id/restart', async call => {
    const kernel = find(kernels, call);
    await kernels.restart(kernel);
    return json(200, kernel.model);
  });
}

function find(kernels: KernelPool, call: Call): RunningKernel {
  const kernel = kernels.get(call.param('id'));
  if (kernel === undefined) throw new HttpError(404, 'There is no such kernel; it has been shut down.');
  return kernel;
}
