/** Asks the worker, which can be stopped by ending it. */
import type { Answer, Asked, Searched } from './asked.js';

export interface Search {
  stop(): void;
}

function start(asked: Asked, heard: (answer: Answer, end: () => void) => void): Search {
  const worker = new Worker(new URL('./explore-worker.js', import.meta.url), { type: 'module' });
  const end = (): void => worker.terminate();
  worker.addEventListener('message', (event: MessageEvent<Answer>) => heard(event.data, end));
  worker.addEventListener('error', event => heard({ error: event.message || 'the search could not be started' }, end));
  worker.postMessage(asked);
  return { stop: end };
}

export interface Told {
  progress(states: number): void;
  found(searched: Searched): void;
  failed(why: string): void;
}

export function search(asked: Asked, told: Told): Search {
  return start(asked, ({ progress, searched, error }, end) => {
    if (progress !== undefined) return told.progress(progress);
    end();
    if (searched !== undefined) told.found(searched);
    if (error !== undefined) told.failed(error);
  });
}
