/** The verdict of a search, as a reader holds it: its words, its run, its figures. */
import type { StateGraph } from '../explorer/state-graph.js';
import { type Verdict as Found, verdictText } from '../explorer/verdict.js';
import { restOn } from '../model/index.js';
import type { Figure } from '../views/figure.js';
import type { Graph } from '../views/graph.js';
import { inspectSymbol } from './card.js';
import { figures } from './figures.js';
import { Run } from './run.js';

/** A run that never gets there: `stem`, then `cycle` for ever. */
export interface Lasso {
  readonly stem: Run;
  readonly cycle: Run;
}

/** The fields are those of the search's own verdict; docs/explorer.md says what each is. */
export class Verdict implements Found {
  declare readonly model: Found['model'];
  declare readonly property: Found['property'];
  declare readonly kind: Found['kind'];
  declare readonly fairness: Found['fairness'];
  declare readonly verdict: Found['verdict'];
  declare readonly violated?: NonNullable<Found['violated']>;
  declare readonly states: Found['states'];
  declare readonly transitions: Found['transitions'];
  declare readonly depth: Found['depth'];
  declare readonly orbits?: NonNullable<Found['orbits']>;
  declare readonly certificate?: NonNullable<Found['certificate']>;
  declare readonly engine: Found['engine'];
  declare readonly threads: Found['threads'];
  declare readonly ms: Found['ms'];
  declare readonly bytesPerState: Found['bytesPerState'];
  declare readonly coverage: Found['coverage'];
  declare readonly bounds: Found['bounds'];
  declare readonly notes: Found['notes'];
  declare readonly level: Found['level'];
  declare readonly grounds: Found['grounds'];
  declare readonly shortest?: NonNullable<Found['shortest']>;
  /** The shortest run that violates, or that reaches. */
  readonly trace?: Run;
  readonly lasso?: Lasso;
  readonly #graph: () => StateGraph;

  constructor(found: Found, graph: () => StateGraph) {
    const { trace, lasso, ...rest } = found;
    Object.assign(this, rest);
    // Whoever looks at what was found rests on it, also in a later cell.
    const { verdict, grounds } = found;
    Object.defineProperty(this, 'verdict', {
      enumerable: true,
      get() {
        restOn(grounds);
        return verdict;
      },
    });
    restOn(grounds);
    if (trace !== undefined) this.trace = new Run(trace, found.grounds);
    if (lasso !== undefined)
      this.lasso = { stem: new Run(lasso.stem, found.grounds), cycle: new Run(lasso.cycle, found.grounds) };
    this.#graph = graph;
  }

  /** The verdict in words, with every step of the run that it rests on; no times, so that a notebook stays the same bytes. */
  get text(): string {
    return verdictText(this);
  }

  /** The first lines of `text`: what was found, in how many states, and what of it rests on something inferred. */
  get headline(): string {
    return this.text.split('\n').slice(0, 2).join('\n');
  }

  /** The run that goes round for ever, or else every state of the model. Errors: more states than fit on a page. */
  graph(options: { readonly title?: string } = {}): Figure {
    const { graphOfLasso, stateGraph } = figures();
    return stateGraph(
      this.lasso !== undefined ? graphOfLasso(this.lasso) : { ...wholeGraph(this.#graph()), grounds: this.grounds },
      options,
    );
  }

  /** How often each step was taken. */
  taken(options: { readonly title?: string } = {}): Figure {
    return figures().coverageMap(this.coverage, { ...options, grounds: this.grounds });
  }

  toString(): string {
    return this.text;
  }

  [inspectSymbol](): string {
    return this.text;
  }
}

/** Every state as a node, every move as an edge. */
function wholeGraph({ nodes, edges }: StateGraph): Graph {
  const edge = ({ from, to, process, step }: StateGraph['edges'][number]) => ({
    from,
    to,
    label: `${process} ${step}`,
    kind: 'other' as const,
  });
  return { nodes, edges: edges.map(edge) };
}
