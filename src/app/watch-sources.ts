/** Rebuilds `dist/` when a file in `src/` is saved, so that a restarted kernel runs the changed library. */
import { execFile } from 'node:child_process';
import { type FSWatcher, watch } from 'node:fs';
import path from 'node:path';

export interface Build {
  readonly ok: boolean;
  /** What the compiler said; '' when it is content. */
  readonly text: string;
}

/** Editors save in bursts: several files, or one file twice. */
const QUIET_MS = 150;

/** Calls `onBuild` after each build. Files of the page and other things that are no library do not start one. */
export function watchSources(root: string, onBuild: (build: Build) => void): { close(): void } {
  let timer: NodeJS.Timeout | undefined;
  let building: Promise<void> = Promise.resolve();
  const changed = (_event: string, file: string | null): void => {
    if (file === null || !isLibrary(file)) return;
    clearTimeout(timer);
    timer = setTimeout(() => {
      building = building.then(async () => onBuild(await build(root)));
    }, QUIET_MS);
  };
  const watcher: FSWatcher = watch(path.join(root, 'src'), { recursive: true }, changed);
  return {
    close: () => {
      clearTimeout(timer);
      watcher.close();
    },
  };
}

function isLibrary(file: string): boolean {
  const parts = file.split(path.sep).join('/');
  return parts.endsWith('.ts') && !parts.startsWith('app/page/');
}

/** The same build as `npm run build`. */
export function build(root: string): Promise<Build> {
  const tsc = path.join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  return new Promise(resolve => {
    execFile(process.execPath, [tsc, '-b', 'tsconfig.build.json'], { cwd: root }, (error, stdout, stderr) =>
      resolve({ ok: error === null, text: error === null ? '' : `${stdout}${stderr}`.trim() }),
    );
  });
}
