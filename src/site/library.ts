/**
 * The library for cells that run in a page: the same files that Node runs, one by one. They are not bundled, because a reader may ask for the
 * source of a step, and a bundler writes functions anew.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { projectRoot } from '../jupyter/project-root.js';
import { bundledPackage, dataModule } from './bundle.js';

/** What cells may import: its name, and its file in dist/. */
export const CELL_MODULES: Readonly<Record<string, string>> = {
  'put-page': 'index.js',
  'put-page/explorer': 'explorer/index.js',
  'put-page/kit': 'kit/index.js',
  'put-page/ledger': 'ledger/index.js',
  'put-page/linux': 'linux/index.js',
  'put-page/model': 'model/index.js',
  'put-page/splat': 'splat/index.js',
  'put-page/views': 'views/index.js',
};

const KERNEL = 'site/kernel.js';
const DATA = 'linux/data/data-file.js';

/** An import or a re-export as TypeScript prints it, at the beginning of a line; `import('./file.js')` anywhere. */
const IMPORTED = /(^(?:import|export)\b[^;'"`]*?\bfrom\s*|^import\s*|\bimport\(\s*(?='\.))'([^']+)'/gm;

/** Every file that is loaded, with its text for a page. Packages become files of their own. */
async function files(): Promise<ReadonlyMap<string, string>> {
  const made = new Map<string, string>();
  const packages = new Set<string>();
  const todo = [KERNEL, ...Object.values(CELL_MODULES), 'explorer/worker-entry.js'];
  for (let file = todo.pop(); file !== undefined; file = todo.pop()) {
    if (made.has(file)) continue;
    const here = path.posix.dirname(file);
    const text = file === DATA ? await dataModule() : readFileSync(path.join(projectRoot, 'dist', file), 'utf8');
    const code = text.replaceAll(/\n?\/\/# sourceMappingURL=.*/g, '').replaceAll(IMPORTED, (whole, how, name) => {
      if (name.startsWith('.')) {
        todo.push(path.posix.join(here, name));
        return whole;
      }
      if (!/^[a-z@]/.test(name) || name.startsWith('node:')) return whole;
      packages.add(name);
      return `${how}'${path.posix.relative(here, `packages/${name}.js`)}'`;
    });
    made.set(file, code);
  }
  made.set('modules.json', JSON.stringify(CELL_MODULES));
  for (const name of packages) made.set(`packages/${name}.js`, await bundledPackage(name));
  return made;
}

/** Writes them into `out`. */
export async function writeLibrary(out: string): Promise<void> {
  for (const [file, text] of await files()) {
    const to = path.join(out, file);
    mkdirSync(path.dirname(to), { recursive: true });
    writeFileSync(to, text);
  }
}
