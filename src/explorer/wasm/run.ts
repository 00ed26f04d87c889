/** Runs a prepared search. What it is given and what it gives back is plain data, so that it can run in a worker. */
import { levelOf, memoryBound, type Progress } from '../search.js';
import type { WasmModule } from './module.js';
import type { Path, Prepared, Raw } from './prepared.js';
import { searchMany } from './set-run.js';
import { COVERAGE, DONE, FLAGS, FOUND, GROW, MAX_FLAGS, REACHED, REACHED_AT } from './shape.js';
import { Store } from './store.js';

/** Heads between two looks at progress and bounds. */
const STRIDE = 1 << 17;

/** Runs the search. `progress` is told from time to time; `false` stops it. */
export function runPrepared(
  p: Prepared,
  progress?: (p: Progress) => boolean,
): { readonly raw: Raw; readonly store: Store } {
  const began = performance.now();
  const store = new Store(p);
  store.x.start();
  const end = drive(store, p, began, progress);
  if (end !== MANY) return { raw: rawOf(store, p, end), store };
  const raw = searchMany(p, { store, raw: rawOf(store, p, []), began }, progress);
  // What is found is found again with parents: the same, and the way to it.
  return raw === undefined ? runPrepared({ ...p, many: { ...p.many, from: Infinity } }, progress) : { raw, store };
}

/** The search has come to many states, at the end of a level. */
const MANY = 'many';

/** Any depth: the search need not stop at the end of a level. */
const UNBOUNDED = 2 ** 31;

/** Runs the search to its end or to a bound. */
function drive(store: Store, o: Prepared, t0: number, progress?: (p: Progress) => boolean): string[] | typeof MANY {
  for (let until = STRIDE; ; until += STRIDE) {
    const level = levelOf({ head: store.get('head'), tail: store.get('tail'), levelEnd: store.get('levelEnd') });
    if (store.get('depth') + level.deeper >= o.maxDepth) return [`depth ${o.maxDepth}`];
    const many = o.maxDepth >= UNBOUNDED && o.module.many !== undefined && store.get('tail') >= o.many.from;
    if (many && level.deeper === 1) return MANY;
    const stop = Math.min(until, o.maxStates, o.maxDepth < UNBOUNDED || many ? level.end : until);
    let back = store.x.run(stop);
    while (back === GROW) {
      store.grow();
      back = store.x.run(stop);
    }
    if (back === DONE || back === FOUND) return [];
    const states = store.get('tail');
    const depth = store.get('depth');
    if (states >= o.maxStates) return [`${o.maxStates} states`];
    if (store.bytes() > o.maxBytes) return [memoryBound(o.maxBytes)];
    const now = {
      states,
      transitions: store.count('transitions'),
      depth,
      bytes: store.bytes(),
      ms: performance.now() - t0,
    };
    if (progress !== undefined && !progress(now)) return ['the search was stopped'];
  }
}

/** What was not followed, since a holding would leave its range. */
export function flagged(module: WasmModule, view: DataView): string[] {
  const flag = (i: number) => view.getUint8(FLAGS + i) !== 0;
  return [
    ...module.bounds.filter((_, i) => flag(i)),
    ...module.overdrafts.filter((_, i) => flag(MAX_FLAGS - 1 - i)).map(h => `${h} would be overdrawn`),
  ];
}

function rawOf(store: Store, p: Prepared, stopped: readonly string[]): Raw {
  const { module } = p;
  const path = (i: number) => {
    const out: (readonly bigint[])[] = [];
    for (let k = i; k >= 0; k = store.parent(k)) out.push(store.read(k));
    return out.reverse();
  };
  const view = new DataView(store.memory.buffer);
  const bounds = [...stopped, ...flagged(module, view)];
  const reached: (readonly [string, Path])[] = [];
  module.sometimes.forEach((name, i) => {
    if (view.getUint8(REACHED + i) !== 0) reached.push([name, path(view.getInt32(REACHED_AT + 4 * i, true))]);
  });
  const bad = store.get('badProperty');
  const failed = store.get('failMessage');
  const ended = bad >= 0 || failed >= 0;
  const isBetweenLevels = store.get('head') === store.get('levelEnd') && store.get('head') < store.get('tail');
  return {
    states: store.get('tail'),
    transitions: store.count('transitions'),
    depth: store.get('depth') + (ended || isBetweenLevels ? 1 : 0),
    coverage: Array.from({ length: p.steps }, (_, i) => Number(view.getBigUint64(COVERAGE + 8 * i, true))),
    bounds,
    bytes: store.bytes(),
    reached,
    ...(p.symmetry ? { full: store.x.full.value as bigint } : {}),
    ...(bad < 0
      ? {}
      : {
          violation: {
            property: bad === 0 ? 'accounting' : (module.always[bad - 1] ?? ''),
            path: path(store.get('badIndex')),
            ...(store.get('overdraftStep') < 0
              ? {}
              : {
                  overdraft: {
                    step: store.get('overdraftStep'),
                    holding: module.overdrafts[store.get('overdraftHolding')] ?? '',
                  },
                }),
          },
        }),
    ...(failed < 0
      ? {}
      : {
          failure: {
            message: module.fails[failed] ?? '',
            step: store.get('failStep'),
            path: path(store.get('failParent')),
          },
        }),
  };
}
