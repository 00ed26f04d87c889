/**
 * `npm run fuzz -- --minutes N [--seed S]`: random models with fresh seeds, each asked some questions in some of the ways (agreement.ts, by a turn that is
 * random, too), until the time is over or two answers differ. What fails is shrunk and printed with its seed; exit code 1.
 */
import { parseArgs } from 'node:util';
import fc from 'fast-check';
import { agree } from './agreement.js';
import { modelOf, recipes } from './random-model.js';

const { values } = parseArgs({ options: { minutes: { type: 'string', default: '1' }, seed: { type: 'string' } } });
const minutes = Number(values.minutes);
if (!(minutes > 0)) throw new Error(`--minutes ${values.minutes}; expected a number above 0`);
const first = values.seed === undefined ? Date.now() % 2 ** 31 : Number(values.seed);
if (!Number.isInteger(first)) throw new Error(`--seed ${values.seed}; expected a whole number`);

const MOST_STATES = 1500;
/** Models with one seed: what fails can be run again from the seed that is printed. */
const MODELS = 20;

const end = performance.now() + minutes * 60_000;
const seen = new Map<string, number>();
const count = (what: string) => seen.set(what, (seen.get(what) ?? 0) + 1);
const told = () =>
  [...seen]
    .sort((a, b) => b[1] - a[1])
    .map(([what, n]) => `${what} ${n}`)
    .join(', ');

let seed = first;
for (; performance.now() < end; seed++) {
  const result = fc.check(
    fc.property(
      fc.oneof(recipes(), recipes({ locked: true })),
      fc.noShrink(fc.nat({ max: 10_000 })),
      (recipe, turn) => {
        const compared = agree(modelOf(recipe), MOST_STATES, turn);
        count('models');
        if (compared === undefined) count('too large');
        for (const v of compared?.verdicts ?? []) count(v);
        if (compared?.symmetric === true) count('symmetry');
        if (compared?.fused === true) count('fused');
      },
    ),
    { numRuns: MODELS, seed },
  );
  if (result.failed) {
    console.error(
      `seed ${seed}: two answers differ. The smallest model of which that is so, as a recipe for modelOf():`,
    );
    console.error(JSON.stringify(result.counterexample?.[0], null, 1));
    console.error(`turn ${result.counterexample?.[1]}`);
    console.error(String(result.errorInstance));
    console.error(`Again: npm run fuzz -- --seed ${seed}   (${told()})`);
    process.exit(1);
  }
  if ((seed - first) % 50 === 49) console.log(`seeds ${first} to ${seed}: ${told()}`);
}
console.log(`seeds ${first} to ${seed - 1}, ${minutes} minutes, nothing differs: ${told()}`);
