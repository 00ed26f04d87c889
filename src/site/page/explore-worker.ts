/** The search, beside the page so that the page stays alive. Stopping it ends this worker. */
import { explore } from '../../explorer/explore.js';
import { exploreFrom, type FromOptions } from '../../explorer/explore-from.js';
import type { Progress } from '../../explorer/search.js';
import { type Verdict, verdictText } from '../../explorer/verdict.js';
import type { AnyModel } from '../../model/model.js';
import { finalState, type Trace } from '../../model/trace.js';
import { loadScenario } from '../../stories/by-name.js';
import { type Taken, Walk } from '../walk.js';
import type { Asked, Searched } from './explore/asked.js';

/** Between two tellings, in milliseconds. */
const EVERY = 250;

const takenOf = (trace: Trace | undefined): readonly Taken[] =>
  (trace?.steps ?? []).map(({ process, picks }) => ({ process, picks }));

/** What forbids code that is made at run time forbids the compiled engines too: the interpreter needs none. */
function tolerant(work: (engine: { readonly engine?: 'interpreter' }) => Verdict): Verdict {
  try {
    return work({});
  } catch (error) {
    if (error instanceof EvalError || error instanceof WebAssembly.CompileError) return work({ engine: 'interpreter' });
    throw error;
  }
}

/** @param after the steps behind which the search begins; none: at the start */
function verdictOf(model: AnyModel, after: readonly Taken[], options: FromOptions): Verdict {
  if (after.length === 0) return tolerant(engine => explore(model, { ...options, ...engine }));
  const walk = new Walk(model);
  walk.follow(after);
  const here = finalState(walk.trace);
  return tolerant(engine => exploreFrom(model, here, { ...options, ...engine }));
}

async function search({ scenario, settings, property, after }: Asked): Promise<Searched> {
  const model = (await loadScenario(scenario)).model(settings);
  let told = 0;
  const progress = (p: Progress): boolean => {
    if (p.ms - told >= EVERY) {
      told = p.ms;
      postMessage({ progress: p.states });
    }
    return true;
  };
  const found = verdictOf(model, after, { property, progress });
  const [headline = '', looked = ''] = verdictText(found).split('\n');
  return {
    verdict: found.verdict,
    says: `${headline.slice(headline.indexOf(': ') + 2)}; ${looked}`,
    taken:
      found.lasso === undefined ? takenOf(found.trace) : [...takenOf(found.lasso.stem), ...takenOf(found.lasso.cycle)],
    cycle: found.lasso?.cycle.steps.length ?? 0,
    lasso: found.lasso !== undefined,
    after: after.length,
  };
}

addEventListener('message', async (event: MessageEvent<Asked>) => {
  try {
    postMessage({ searched: await search(event.data) });
  } catch (error) {
    postMessage({ error: error instanceof Error ? error.message : String(error) });
  }
});
