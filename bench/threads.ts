/** The same search by one thread and by two, paired: which of them is first alternates. Counts are checked, times are of the search alone. */
import { planEngine } from '#src/explorer/run-engine.js';
import type { Prepared, Raw } from '#src/explorer/wasm/prepared.js';
import { runPrepared } from '#src/explorer/wasm/run.js';
import { gupref } from '#src/stories/start-here/gupref.js';
import { median, ratio, round } from './figures.js';

const cases = [
  { pages: 3, vcpus: 3, symmetry: 'off', stored: 4_675_296 },
  { pages: 4, vcpus: 4, symmetry: 'on', stored: 7_718_725 },
] as const;

function prepared(pages: number, vcpus: number, symmetry: 'on' | 'off'): Prepared {
  const model = gupref({ pages, vcpus });
  const bounds = { maxStates: 1e8, maxDepth: Number.MAX_SAFE_INTEGER, maxBytes: 4 * 2 ** 30 };
  const search = { stopAtViolation: true, accounting: true, ...bounds };
  const check = model.properties.filter(p => p.kind !== 'eventually');
  const { prepared: p } = planEngine(model, check, search, { symmetry }, []);
  if (p === undefined) throw new Error('bench: this search needs the model itself');
  return p;
}

function timed(p: Prepared, threads: number): { readonly ms: number; readonly raw: Raw } {
  const began = performance.now();
  const { raw } = runPrepared({ ...p, many: { ...p.many, threads } });
  return { ms: performance.now() - began, raw };
}

/** A row for each case. Errors: the threads do not count alike. */
export function benchThreads(rounds: number) {
  return cases.map(({ pages, vcpus, symmetry, stored }) => {
    const p = prepared(pages, vcpus, symmetry);
    const one: number[] = [];
    const two: number[] = [];
    let bytes = 0;
    for (let i = 0; i < rounds; i++)
      for (const threads of i % 2 === 0 ? [1, 2] : [2, 1]) {
        const { ms, raw } = timed(p, threads);
        if (raw.states !== stored)
          throw new Error(`bench: ${threads} threads count ${raw.states} states, expected ${stored}`);
        (threads === 1 ? one : two).push(ms);
        if (raw.threads === threads) bytes = raw.bytes / raw.states;
      }
    const row = {
      pages,
      vcpus,
      symmetry,
      stored,
      ms: { oneThread: round(median(one)), twoThreads: round(median(two)), best: round(Math.min(...two)) },
      timesFaster: round(ratio(one, two)),
      bytesEach: round(bytes),
    };
    console.log(JSON.stringify(row));
    return row;
  });
}
