/** The shortest way into each bug of gupref: SPIN breadth first, with gcc, on what we print for it, against ours; paired. */
import { explore, toPromela } from '#src/explorer/index.js';
import { bugs, gupref } from '#src/stories/start-here/gupref.js';
import { median, ratio, round } from './figures.js';
import { runSpin } from './peer/spin.js';

const SIZE = { pages: 3, vcpus: 3 };
const HASH_BITS = 20;

/** Bug 7 is a livelock: it has no shortest way of this kind. */
const SAFETY_BUGS = [1, 2, 3, 4, 5, 6];

/** A row for each bug. Errors: SPIN's way is not as long as ours. */
export function benchBugs(rounds: number) {
  return SAFETY_BUGS.map(bug => {
    const text = toPromela(gupref({ ...SIZE, bug }));
    const spin: number[] = [];
    const ours: number[] = [];
    let steps = 0;
    for (let i = 0; i < rounds; i++) {
      const theirs = runSpin(text, 'gcc', HASH_BITS, { breadthFirst: true, printed: true });
      const began = performance.now();
      const verdict = explore(gupref({ ...SIZE, bug }));
      ours.push(performance.now() - began);
      spin.push(theirs.endToEndMs);
      steps = verdict.trace?.steps.length ?? 0;
      if (theirs.errors !== 1 || theirs.depth !== steps)
        throw new Error(
          `bug ${bug}: SPIN has ${theirs.errors} errors at depth ${theirs.depth}, we have ${steps} steps`,
        );
    }
    const row = {
      bug: bugs[bug]?.split(':')[0],
      steps,
      ms: { spinGcc: round(median(spin)), ours: round(median(ours)) },
      timesFaster: round(ratio(spin, ours)),
    };
    console.log(JSON.stringify(row));
    return row;
  });
}
