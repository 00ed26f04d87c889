/** Progress in a file, for kernels of the application: PUT_PAGE_PROGRESS names the folder. */
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { memoryStore, type ProgressStore } from '../progress-store.js';

export const progressVariable = 'PUT_PAGE_PROGRESS';

/** The store in `folder`. Where that cannot be read or written, progress is kept in memory, and that is said once. */
export function progressFile(folder: string, warn: (text: string) => void = console.error): ProgressStore {
  const file = path.join(folder, 'progress.json');
  const memory = memoryStore();
  let broken = false;
  const attempt = <T>(action: () => T, otherwise: () => T): T => {
    if (broken) return otherwise();
    try {
      return action();
    } catch (error) {
      broken = true;
      warn(`progress is kept in memory only: ${error instanceof Error ? error.message : String(error)}`);
      return otherwise();
    }
  };
  return {
    load: () => attempt(() => (existsSync(file) ? readFileSync(file, 'utf8') : undefined), memory.load),
    save: text => {
      memory.save(text);
      attempt(
        () => {
          mkdirSync(folder, { recursive: true });
          // Other kernels may read the same file: it changes in one rename.
          const fresh = `${file}.${process.pid}`;
          writeFileSync(fresh, text);
          renameSync(fresh, file);
        },
        () => {},
      );
    },
  };
}
