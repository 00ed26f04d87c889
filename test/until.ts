/** Waiting in tests: for what holds after a while, and never without a limit. */
import { setTimeout as sleep } from 'node:timers/promises';

/** Far above what a slow machine takes: it is there so that a fault has a name. */
const LIMIT_MS = 180_000;

/** Looks again and again. */
export async function until(
  what: string,
  holds: () => boolean | Promise<boolean>,
  limitMs = LIMIT_MS,
  pauseMs = 20,
): Promise<void> {
  const end = Date.now() + limitMs;
  while (!(await holds())) {
    if (Date.now() > end) throw new Error(`${what}: not within ${limitMs / 1000} s`);
    await sleep(pauseMs);
  }
}

/** The promise, or an error that says what never came. */
export async function within<T>(what: string, promise: Promise<T>, limitMs = LIMIT_MS): Promise<T> {
  const stop = new AbortController();
  const limit = sleep(limitMs, undefined, { signal: stop.signal }).then(() => {
    throw new Error(`${what}: not within ${limitMs / 1000} s`);
  });
  try {
    return await Promise.race([promise, limit]);
  } finally {
    stop.abort();
    limit.catch(() => {});
  }
}
