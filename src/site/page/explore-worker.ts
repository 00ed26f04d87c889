/** The search, beside the page so that the page stays alive. Stopping it ends this worker. */
import { type ExploreOptions, explore } from '../../explorer/explore.js';
import type { Progress } from '../../explorer/search.js';
import { verdictText } from '../../explorer/verdict.js';
import type { Trace } from '../../model/trace.js';
import { loadScenario } from '../../stories/by-name.js';
import type { Taken } from '../walk.js';
import type { Asked, Searched } from './explore/asked.js';

/** Between two tellings, in milliseconds. */
const EVERY = 250;

const takenOf = (trace: Trace | undefined): readonly Taken[] =>
  (trace?.steps ?? []).map(({ process, picks }) => ({ process, picks }));

/** What forbids code that is made at run time forbids the compiled engines too: the interpreter needs none. */
function tolerant(model: Parameters<typeof explore>[0], options: ExploreOptions): ReturnType<typeof explore> {
  try {
    return explore(model, options);
  } catch (error) {
    if (error instanceof EvalError || error instanceof WebAssembly.CompileError)
      return explore(model, { ...options, engine: 'interpreter' });
    throw error;
  }
}

async function search({ scenario, settings, property }: Asked): Promise<Searched> {
  const model = (await loadScenario(scenario)).model(settings);
  let told = 0;
  const progress = (p: Progress): boolean => {
    if (p.ms - told >= EVERY) {
      told = p.ms;
      postMessage({ progress: p.states });
    }
    return true;
  };
  const found = tolerant(model, { property, progress });
  const [headline = '', looked = ''] = verdictText(found).split('\n');
  return {
    verdict: found.verdict,
    says: `${headline.slice(headline.indexOf(': ') + 2)}; ${looked}`,
    taken:
      found.lasso === undefined ? takenOf(found.trace) : [...takenOf(found.lasso.stem), ...takenOf(found.lasso.cycle)],
    cycle: found.lasso?.cycle.steps.length ?? 0,
    lasso: found.lasso !== undefined,
  };
}

addEventListener('message', async (event: MessageEvent<Asked>) => {
  try {
    postMessage({ searched: await search(event.data) });
  } catch (error) {
    postMessage({ error: error instanceof Error ? error.message : String(error) });
  }
});
