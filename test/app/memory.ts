/** How much memory the pages of a browser take that this process has started. */
import { readdirSync, readFileSync } from 'node:fs';

/** Resident memory (proc(5)), in MB, of the browser's largest page. */
export function largestPageMB(): number {
  const sizes = readdirSync('/proc').flatMap(pid => {
    try {
      if (!/^\d+$/.test(pid) || !isOurs(pid)) return [];
      if (!readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('--type=renderer')) return [];
      return [(Number(readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')[1]) * 4096) / 1e6];
    } catch {
      // It has ended meanwhile.
      return [];
    }
  });
  return Math.max(...sizes);
}

/** Whether a process descends from this one. */
function isOurs(pid: string): boolean {
  for (let at = pid; at !== '0' && at !== ''; ) {
    if (at === String(process.pid)) return true;
    at = readFileSync(`/proc/${at}/stat`, 'utf8').split(') ')[1]?.split(' ')[1] ?? '';
  }
  return false;
}
