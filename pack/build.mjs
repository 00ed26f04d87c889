/**
 * `npm run build`: the library from src/ into dist/. Without TypeScript, a development dependency, it says so: `npm ci`
 * (`--if-possible`) then leaves it at that, `npm start` goes on with a dist/ that is there, `npm test` (`--need`) ends.
 *
 * `--if-older`: only if a source is newer than what was built, by the files' times. A reader who starts the page should not
 * wait for the compiler to say that there is nothing to do.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';

const root = path.resolve(import.meta.dirname ?? path.dirname(new URL(import.meta.url).pathname), '..');
const tsc = path.join(root, 'node_modules', 'typescript', 'bin', 'tsc');

/** Whether a file of src/, or what says how it is built, is newer than dist/. A file that was deleted shows in its folder. */
function isOlder() {
  const built = statSync(path.join(root, 'dist', '.tsbuildinfo'), { throwIfNoEntry: false });
  if (built === undefined || !existsSync(path.join(root, 'dist', 'cli.js'))) return true;
  const src = path.join(root, 'src');
  const below = readdirSync(src, { recursive: true, encoding: 'utf8' }).map(name => path.join(src, name));
  const others = ['tsconfig.base.json', 'tsconfig.build.json', 'package.json'].map(name => path.join(root, name));
  return [src, ...below, ...others].some(file => statSync(file).mtimeMs > built.mtimeMs);
}

if (process.argv.includes('--if-older') && !isOlder()) process.exit(0);
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
