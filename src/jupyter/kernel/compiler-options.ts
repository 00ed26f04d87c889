/** How the compiler is told of cells: the library by its name, today's strictness. */
import { readFileSync } from 'node:fs';
import path from 'node:path';

/** Where the declarations of `put-page` and its sub-paths are, from `exports` in package.json. */
export function declarationPaths(root: string): Record<string, readonly [string]> {
  const { name, exports } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as {
    name: string;
    exports: Readonly<Record<string, string | { readonly types: string }>>;
  };
  return Object.fromEntries(
    Object.entries(exports).flatMap(([sub, to]) =>
      typeof to === 'string' ? [] : [[path.posix.join(name, sub), [to.types]]],
    ),
  );
}

/** Options of cells, on top of tslab's. */
export function compilerOptions(root: string): Record<string, unknown> {
  return {
    // tslab resolves like Node 10, which knows neither `exports` nor that a package may import itself by name.
    baseUrl: root,
    paths: declarationPaths(root),
    types: ['node'],
    strictFunctionTypes: true,
    strictBindCallApply: true,
    inlineSourceMap: true,
  };
}
