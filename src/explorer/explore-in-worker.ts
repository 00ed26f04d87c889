/** A long search in a thread of its own: the kernel stays responsive, an interrupt stops it. */
import { interruptible, onInterrupt } from '../model/interrupt.js';
import type { AnyModel } from '../model/model.js';
import { answer, begin, type ExploreOptions } from './explore.js';
import { resting } from './resting.js';
import { planEngine } from './run-engine.js';
import type { Progress } from './search.js';
import { startThread } from './thread.js';
import type { Verdict } from './verdict.js';
import type { Prepared, Raw } from './wasm/prepared.js';

interface Message {
  readonly progress?: Progress;
  readonly raw?: Raw;
  readonly error?: string;
}

/**
 * Explores like `explore`, with the same verdict. What WebAssembly can search runs in a thread; a search for liveness, one by the interpreter and
 * one in JavaScript need the model's own functions, which cannot be sent: they run here, after the event loop has had its turn.
 * Errors: as `explore`; 'interrupted' when `signal` or an interrupt of the kernel stops it.
 */
export async function exploreInWorker(what: AnyModel, options: ExploreOptions = {}): Promise<Verdict> {
  const here = <T>(body: () => T): T => interruptible(`the search of ${what.name}`, body);
  const question = begin(what, options);
  let plan = here(() =>
    resting(question, () => planEngine(question.model, question.asked.check, question.search, options, question.notes)),
  );
  await new Promise(resolve => setTimeout(resolve, 0));
  for (;;) {
    if (plan.prepared === undefined || plan.finish === undefined)
      return here(() =>
        answer(
          question,
          resting(question, () => plan.run()),
        ),
      );
    const raw = await inThread(plan.prepared, options);
    const next = here(() => resting(question, () => plan.finish?.(raw) ?? plan));
    if ('result' in next) return here(() => answer(question, next));
    plan = next;
  }
}

function inThread(prepared: Prepared, options: ExploreOptions): Promise<Raw> {
  const thread = startThread(new URL('./worker-entry.js', import.meta.url));
  let last: Progress | undefined;
  return new Promise<Raw>((resolve, reject) => {
    const stop = () => {
      finish();
      const seen = last === undefined ? '' : ` after ${last.states} states, at depth ${last.depth}`;
      reject(new Error(`interrupted${seen}: the search was not finished, nothing is proved`));
    };
    const finish = () => {
      thread.end();
      options.signal?.removeEventListener('abort', stop);
      deaf();
    };
    options.signal?.addEventListener('abort', stop);
    const deaf = onInterrupt(stop);
    if (options.signal?.aborted === true) stop();
    thread.listen(
      m => {
        const { progress, raw, error } = m as Message;
        if (progress !== undefined) {
          last = progress;
          if (options.progress?.(progress) === false) stop();
        }
        if (raw !== undefined) {
          finish();
          resolve(raw);
        }
        if (error !== undefined) {
          finish();
          reject(new Error(error));
        }
      },
      e => {
        finish();
        reject(e);
      },
    );
    thread.post(prepared);
  });
}
