/**
 * `npm run build`: the library from src/ into dist/. Without TypeScript, a development dependency, it says so: `npm ci`
 * (`--if-possible`) then leaves it at that, `npm start` goes on with a dist/ that is there, `npm test` (`--need`) ends.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';

const root = path.resolve(import.meta.dirname ?? path.dirname(new URL(import.meta.url).pathname), '..');
const tsc = path.join(root, 'node_modules', 'typescript', 'bin', 'tsc');

if (existsSync(tsc)) {
  const built = spawnSync(process.execPath, [tsc, '-b', 'tsconfig.build.json'], { cwd: root, stdio: 'inherit' });
  process.exitCode = built.status ?? 1;
} else {
  const there = existsSync(path.join(root, 'dist', 'cli.js'));
  console.error(
    'put-page: nothing was built, because TypeScript is a development dependency and those were left out ' +
      '(--omit=dev or NODE_ENV=production). Run `npm ci --include=dev` for a clone that builds itself; an installed kit ' +
      `(npm pack) needs none of it.${there ? ' The dist/ of an earlier build is used.' : ''}`,
  );
  const goOn = process.argv.includes('--if-possible') || (there && !process.argv.includes('--need'));
  process.exitCode = goOn ? 0 : 1;
}
