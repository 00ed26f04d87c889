/** `import` in cells, of each kind. */
import { createRequire } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

/** What `import` means for a CommonJS module, as TypeScript's `esModuleInterop` has it. */
export function importedValue(module: unknown, name: string): unknown {
  const known = (typeof module === 'object' && module !== null) || typeof module === 'function';
  const loaded = (known ? module : {}) as Record<string, unknown>;
  const es = loaded.__esModule === true || Object.prototype.toString.call(loaded) === '[object Module]';
  if (name === '*')
    return es ? module : Object.assign(Object.create(null), known ? module : undefined, { default: module });
  if (name === 'default' && !es) return module;
  return loaded[name];
}

/** What `require` cannot load, and `import` can. */
const onlyImported = new Set([
  'ERR_REQUIRE_ESM',
  'ERR_REQUIRE_ASYNC_MODULE',
  'ERR_PACKAGE_PATH_NOT_EXPORTED',
  'MODULE_NOT_FOUND',
]);

/** `import(name)`. */
export async function importModule(require: NodeJS.Require, name: string): Promise<unknown> {
  try {
    return importedValue(require(name), '*');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    if (!onlyImported.has(code)) throw error;
    return import(name.startsWith('.') ? pathToFileURL(path.resolve(name)).href : name);
  }
}

/** Names a module that a kernel loads before anybody asks: the cell that imports it then finds it there. */
export const aheadVariable = 'PUT_PAGE_AHEAD';

/**
 * All at once, as a cell's own import does it: one that came in the middle of an `import()` would find the module half loaded. Errors: none here;
 * the cell that imports the module says what is wrong with it.
 */
export function loadAhead(root: string, name: string): void {
  try {
    createRequire(path.join(root, 'cell.js'))(name);
  } catch {
    // See above.
  }
}

/** `import.meta` of a cell: as if it were a file in the project's folder. */
export function importMeta(root: string, cell: number): object {
  const filename = path.join(root, `cell-${cell}.ts`);
  return { url: pathToFileURL(filename).href, filename, dirname: root };
}
