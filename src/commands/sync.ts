/** `put-page sync NOTEBOOK.ipynb…`: outputs are left out; `put-page execute NOTEBOOK` makes new ones. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { sourceOf, syncOne } from '../jupyter/execute/sync.js';
import { NotebookFormatError } from '../jupyter/notebook/document.js';
import { isInstalledKits, projectRoot } from '../jupyter/project-root.js';
import { has } from './arguments.js';
import { BadInput, type Given } from './spec.js';

export async function main(given: Given): Promise<number> {
  for (const file of given.words) {
    if (!file.endsWith('.ipynb')) throw new BadInput(`expected an .ipynb file, not '${file}'`);
    if (!existsSync(file)) throw new BadInput(`there is no file ${file}`);
    const source = sourceOf(file, projectRoot);
    if (isInstalledKits(source))
      throw new BadInput(
        `${source} belongs to the installed kit; copy ${path.basename(file)} into a folder of yours and sync it there`,
      );
  }
  try {
    for (const file of given.words) console.log(syncOne(path.resolve(file), has(given, '--force')));
    return 0;
  } catch (error) {
    if (!(error instanceof NotebookFormatError)) throw error;
    console.error(error.message);
    return 1;
  }
}
