/** A run of the application: from the checks to Ctrl-C. */
import { randomBytes } from 'node:crypto';
import { accessSync, constants, existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { isClone } from '../jupyter/project-root.js';
import { buildPage } from './bundle/build-page.js';
import { watchMishaps } from './mishaps.js';
import { openBrowser } from './open-browser.js';
import type { StartOptions } from './options.js';
import { makeFolder, type Paths, packageRoot, pathsOf } from './paths.js';
import { type AppServer, startServer } from './server.js';
import { watchSources } from './watch-sources.js';

const TOKEN_BYTES = 24;

/** Runs until Ctrl-C. Returns the exit code: 0 after Ctrl-C, 1 when it could not start. */
export async function run(options: StartOptions): Promise<number> {
  const paths = pathsOf(packageRoot(), options.notebooks, options.state);
  const complaint = folderComplaint(paths);
  if (complaint !== null) return fail(complaint);
  const mishaps = watchMishaps(paths.state, say);
  let server: AppServer;
  try {
    const built = await buildPage(paths.root, paths.cache, () => say('Building the page, once …'));
    const token = randomBytes(TOKEN_BYTES).toString('base64url');
    server = await startServer({ paths, built, port: options.port, token, warm: true, onMishap: mishaps.note });
  } catch (error) {
    mishaps.close();
    return fail(error instanceof Error ? error.message : String(error));
  }
  if (options.port !== 0 && server.port !== options.port)
    say(`Port ${options.port} is taken; this is port ${server.port}.`);
  const watcher = isClone(paths.root) ? watchLibrary(paths.root, server) : null;
  // Before the address is told: from then on a program that started this one may end it.
  const stopped = stopSignal();
  say(`The notebooks are at\n\n    ${server.url}\n\nCtrl-C stops them.`);
  const opening = options.browser ? openBrowser(server.url, paths.state) : null;
  if (options.browser && opening === null) say('There is no display here: open the address yourself.');
  await stopped;
  say('\nStopping the kernels …');
  watcher?.close();
  opening?.close();
  await server.close();
  mishaps.close();
  return 0;
}

/** What is wrong with the folders, as a sentence, or null. Found before a browser opens on it. */
function folderComplaint(paths: Paths): string | null {
  const { notebooks } = paths;
  const given = notebooks !== path.join(paths.root, 'notebooks');
  const cure = given
    ? '--notebooks needs a folder with .ipynb files.'
    : isClone(paths.root)
      ? 'is this a whole clone? `git status` shows what is missing.'
      : 'install put-page again.';
  if (!existsSync(notebooks)) return `there is no folder ${notebooks}: ${cure}`;
  if (!readdirSync(notebooks).some(name => name.endsWith('.ipynb')))
    return `there is no .ipynb file in ${notebooks}: ${cure}`;
  for (const dir of isClone(paths.root) ? [paths.copies, paths.cache] : [paths.copies]) {
    try {
      makeFolder(dir);
      accessSync(dir, constants.W_OK);
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code ?? 'error';
      const shown = path.relative(process.cwd(), dir) || dir;
      const [what, cure] =
        dir === paths.cache
          ? ['the built page is kept there', 'clone to a folder of yours']
          : ['your copies are kept there', 'name another folder with --state DIR'];
      return `no permission to write ${shown} (${code}): ${what}. Make it writable, or ${cure}.`;
    }
  }
  return null;
}

/** The first Ctrl-C (or the end of the terminal) stops in order; a second one ends the process at once. */
function stopSignal(): Promise<void> {
  return new Promise(resolve => {
    // SIGHUP: the terminal was closed.
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
      process.once(signal, () => {
        process.once('SIGINT', () => process.exit(130));
        resolve();
      });
  });
}

/** Rebuilds the library after each save in src/, and tells the open pages. */
function watchLibrary(root: string, server: AppServer): { close(): void } {
  return watchSources(root, ({ ok, text }) => {
    say(ok ? 'Rebuilt; restart the kernel to use it.' : `The change in src/ does not compile:\n${text}`);
    if (ok) void server.kernels.renew();
    server.news.send(ok ? { type: 'rebuilt' } : { type: 'build-failed', text });
  });
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

function fail(sentence: string): number {
  process.stderr.write(`put-page start: ${sentence}\n`);
  return 1;
}
