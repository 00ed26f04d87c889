/**
 * What the kernel needs of tslab, its TypeScript and zeromq, cut to what runs: 96 MB of packages become 28.
 * tslab brings rollup, its TypeScript brings servers; zeromq brings a compiler driver and binaries for Node 10.
 */
import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { build } from 'esbuild';
import { packagesOf, writeLicences } from './licences.mjs';

const require = createRequire(import.meta.url);
const TYPESCRIPT = '@tslab/typescript-for-tslab';

/** Node 20, the oldest that runs the kit. The binaries keep to N-API, so newer ones run it too. */
const OLDEST_ABI = 115;

/** Fills `to` (dist/vendor/). */
export async function vendor(root, to) {
  const inputs = [...(await tslab(root, path.join(to, 'tslab'))), ...(await zeromq(root, path.join(to, 'zeromq')))];
  writeLicences(root, packagesOf([...inputs, `node_modules/${TYPESCRIPT}/lib`]), path.join(to, 'LICENCES.txt'));
}

async function tslab(root, to) {
  const lib = path.dirname(require.resolve(TYPESCRIPT));
  const kept = readdirSync(lib).filter(name => name === 'typescript.js' || /^lib\..*\.d\.ts$/.test(name));
  for (const name of kept) cpSync(path.join(lib, name), path.join(to, 'typescript', name));
  const contents = `
    export { createConverter } from 'tslab/dist/converter';
    export { createExecutor } from 'tslab/dist/executor';
    export const jupyter = require('tslab/dist/jupyter');`;
  const typescript = {
    name: 'typescript beside it',
    setup: of =>
      of.onResolve({ filter: /^@tslab\/typescript-for-tslab$/ }, () => ({
        path: './typescript/typescript.js',
        external: true,
      })),
  };
  return bundle(root, path.join(to, 'index.js'), {
    stdin: { contents, resolveDir: root },
    external: ['zeromq'],
    plugins: [typescript],
  });
}

async function zeromq(root, to) {
  const from = path.resolve(path.dirname(require.resolve('zeromq')), '..', 'build');
  const manifest = Object.entries(JSON.parse(readFileSync(path.join(from, 'manifest.json'), 'utf8')));
  const kept = manifest.filter(([config]) => JSON.parse(config).abi >= OLDEST_ABI);
  if (kept.length === 0) throw new Error(`no binary of zeromq for ABI ${OLDEST_ABI} or later in ${from}`);
  for (const [, file] of kept) {
    const parts = file.split(/[\\/]/);
    cpSync(path.join(from, ...parts), path.join(to, 'build', ...parts));
  }
  writeFileSync(path.join(to, 'build', 'manifest.json'), JSON.stringify(Object.fromEntries(kept)));
  // Its own folder, because it looks for ../build.
  return bundle(root, path.join(to, 'lib', 'index.js'), {
    stdin: { contents: "export * from 'zeromq'", resolveDir: root },
  });
}

/** One CommonJS file, with a package.json that says so. The result: the files that went into it. */
async function bundle(root, outfile, options) {
  mkdirSync(path.dirname(outfile), { recursive: true });
  writeFileSync(path.join(path.dirname(outfile), 'package.json'), '{ "type": "commonjs" }\n');
  const { metafile } = await build({
    absWorkingDir: root,
    outfile,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    metafile: true,
    logLevel: 'warning',
    ...options,
  });
  return Object.keys(metafile.inputs);
}
