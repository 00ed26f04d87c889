/**
 * tslab and zeromq. A clone has them in node_modules; an installed kit brings what it needs of them in dist/vendor/
 * (pack/vendor.mjs says what, and why), and never takes others that happen to be installed nearby.
 */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { isClone } from './project-root.js';

const require = createRequire(import.meta.url);

/** The file in dist/vendor/ that stands for a package; null where the package in node_modules is to be taken. */
export function vendored(name: 'tslab' | 'zeromq', file: string): string | null {
  const ours = fileURLToPath(new URL(`../vendor/${name}/${file}`, import.meta.url));
  if (!isClone()) return ours;
  try {
    require.resolve(name);
    return null;
  } catch {
    if (existsSync(ours)) return ours;
    throw new Error(
      `${name} is not installed: in a clone it is a development dependency, so run \`npm ci\` without --omit=dev and without NODE_ENV=production`,
    );
  }
}
