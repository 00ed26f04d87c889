/** What `npm pack` ships beside the sources of notebooks and data: the library, the page, tslab and zeromq, all built anew. */
import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { packagesOf, writeLicences } from './licences.mjs';
import { vendor } from './vendor.mjs';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const dist = path.join(root, 'dist');

// A dist/ that was built before files moved still has them under their old names.
rmSync(dist, { recursive: true, force: true });
const built = spawnSync(process.execPath, ['pack/build.mjs'], { cwd: root, stdio: ['ignore', 2, 2] });
if (built.status !== 0) process.exit(1);

const { shipPage } = await import('../dist/app/bundle/shipped-page.js');
const { dir, inputs } = await shipPage(root);
writeLicences(root, packagesOf(inputs), path.join(dir, '..', 'LICENCES.txt'));
await vendor(root, path.join(dist, 'vendor'));
