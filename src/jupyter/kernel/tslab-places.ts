/** Where tslab and its TypeScript are: in node_modules, or in what an installed kit brings. */
import path from 'node:path';
import { vendored } from '../vendored.js';
import type { Executor, Handler, Tslab, WriteDisplay } from './tslab.js';

/** tslab's exports that are used. */
interface Loaded extends Pick<Tslab, 'createConverter' | 'createExecutor'> {
  readonly jupyter: {
    readonly JupyterHandlerImpl: new (executor: Executor, isJS: boolean) => Handler;
    lastWriteDisplayData: WriteDisplay | null;
  };
}

interface Places {
  /** The file of the TypeScript that tslab loads. */
  readonly typescript: string;
  load(require: NodeJS.Require): Loaded;
}

export function placesOf(require: NodeJS.Require): Places {
  const file = vendored('tslab', 'index.js');
  if (file !== null)
    return { typescript: path.join(path.dirname(file), 'typescript', 'typescript.js'), load: now => now(file) };
  return {
    typescript: require.resolve('@tslab/typescript-for-tslab'),
    load: now => ({
      ...now('tslab/dist/converter'),
      ...now('tslab/dist/executor'),
      jupyter: now('tslab/dist/jupyter'),
    }),
  };
}
