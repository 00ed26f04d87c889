/** The thread of a long search: gets a prepared search, tells its progress, gives back what it found. */
import { onThread } from './thread.js';
import type { Prepared } from './wasm/prepared.js';
import { runPrepared } from './wasm/run.js';

/** Between two tellings of progress, in milliseconds. */
const EVERY = 200;

onThread((message, answer) => {
  let told = 0;
  try {
    const { raw } = runPrepared(message as Prepared, p => {
      if (p.ms - told >= EVERY) {
        told = p.ms;
        answer({ progress: p });
      }
      return true;
    });
    answer({ raw });
  } catch (e) {
    answer({ error: e instanceof Error ? e.message : String(e) });
  }
});
