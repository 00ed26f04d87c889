/** `put-page kernel install [--prefix DIR]`: a kernelspec for Jupyter and VS Code. */
import path from 'node:path';
import { defaultState } from '../app/paths.js';
import { installKernelspec, userDataFolder } from '../jupyter/install/kernelspec.js';
import { kernelDisplayName } from '../jupyter/notebook/nbformat.js';
import { projectRoot } from '../jupyter/project-root.js';
import { OWN_STATE } from '../jupyter/state-folder.js';
import { one } from './arguments.js';
import { BadInput, type Given } from './spec.js';

export async function main(given: Given): Promise<number> {
  const [action] = given.words;
  if (action !== 'install') throw new BadInput(`expected install, not '${action}'`);
  const prefix = one(given, '--prefix');
  const folder =
    prefix === undefined ? userDataFolder(process.platform, process.env) : path.resolve(prefix, 'share', 'jupyter');
  try {
    const written = installKernelspec(folder, prefix === undefined ? defaultState(projectRoot) : OWN_STATE);
    console.log(`${written} written: Jupyter and VS Code now offer "${kernelDisplayName}"`);
    return 0;
  } catch (error) {
    if (!(error instanceof Error) || !('code' in error)) throw error;
    console.error(`put-page kernel: ${error.message}; --prefix DIR writes elsewhere`);
    return 1;
  }
}
