/** A fresh kernel for the notebook, whatever became of the old one. */
import type { ISessionContext } from '@jupyterlab/apputils';

export async function restart(session: ISessionContext): Promise<void> {
  await session.ready;
  const kernel = session.session?.kernel;
  // JupyterLab's connection to a dead kernel stays dead; the session gets another kernel.
  if (kernel == null || kernel.status === 'dead') await session.changeKernel({ name: 'put-page' });
  else await session.restartKernel();
}
