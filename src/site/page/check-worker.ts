/** The checker of a notebook's page: TypeScript, and the types of the library. Started when a reader edits. */
import ts from '@tslab/typescript-for-tslab';
import { checkerOf, type TslabConverter, type Types } from '../checker.js';
import type { Asked, FromChecker, ToChecker } from './run/check-messages.js';

const say = (message: FromChecker): void => postMessage(message);

/** Under this tslab finds the TypeScript that it is bundled without; src/site/bundle.ts. */
const under = Symbol.for('put-page.typescript');

const checker = (async () => {
  const types = (await (await fetch(new URL('./types.json', import.meta.url))).json()) as Types;
  return await checkerOf(ts, types, async over => {
    (globalThis as unknown as Record<symbol, unknown>)[under] = over;
    const tslab = (await import('tslab/dist/converter.js')) as unknown as {
      readonly default: { createConverter(options: object): TslabConverter };
    };
    return tslab.default.createConverter;
  });
})();
checker.then(
  () => say({ ready: true }),
  (error: unknown) => say({ broken: error instanceof Error ? error.message : String(error) }),
);

async function answer({ begin, convert, keep, check, complete, inspect }: Asked): Promise<unknown> {
  const on = await checker;
  if (begin === true) on.begin();
  if (keep === true) on.keep();
  if (convert !== undefined) return on.convert(convert);
  if (check !== undefined) return on.check(check.source, check.others);
  if (complete !== undefined) return on.complete(complete.source, complete.at);
  if (inspect !== undefined) return on.inspect(inspect.source, inspect.at);
  return undefined;
}

let last: Promise<unknown> = Promise.resolve();
addEventListener('message', ({ data: { n, ...asked } }: MessageEvent<ToChecker>) => {
  last = last
    .then(() => answer(asked))
    .then(
      value => say({ n, value }),
      (error: unknown) => say({ n, failed: error instanceof Error ? error.message : String(error) }),
    );
});
