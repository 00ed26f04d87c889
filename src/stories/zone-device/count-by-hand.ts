/** Exercise 3 of notebook 01: eight pages, three of them touched, counted by hand. */
import { defineExercise, type Verdict } from '../../desk/lesson.js';
import { type Trace, valueAt } from '../../model/index.js';
import { zoneDeviceLeak } from './model.js';
import { teardown } from './teardown.js';

/** What a reader fills in for exercise 3. */
export interface Counted {
  /** The eight counts after the touches. */
  readonly refs: readonly number[];
  /** The device's reference: at rest after the touches, after the kill, when nothing moves any more. */
  readonly percpu: readonly number[];
  readonly hangs: boolean;
}

const TOUCHES = [0, 0, 0, 5, 7, 7];
/** As the cell comes: nothing counted yet. */
const REST: Counted = { refs: [1, 1, 1, 1, 1, 1, 1, 1], percpu: [9, 8, 0], hangs: false };

/** A field too few, or one that is not of its kind. */
function misshapen(answer: Counted): Verdict | undefined {
  const fields = ['refs', 'percpu', 'hangs'] as const;
  const trace = { columns: ['field', 'yours'], rows: fields.map(f => [f, JSON.stringify(answer[f]) ?? 'missing']) };
  const missing = fields.find(f => answer[f] === undefined);
  const other = Object.keys(answer).find(f => !fields.some(known => known === f));
  const instead = other === undefined ? '' : ` Did you write it as '${other}'?`;
  if (missing !== undefined) return { passed: false, idea: `The field '${missing}' is missing.${instead}`, trace };
  const numbers = (list: unknown, n: number) =>
    Array.isArray(list) && list.length === n && list.every(Number.isInteger);
  if (!numbers(answer.refs, 8)) return { passed: false, idea: 'refs has to be a list of eight whole numbers.', trace };
  if (!numbers(answer.percpu, 3))
    return { passed: false, idea: 'percpu has to be a list of three whole numbers.', trace };
  if (typeof answer.hangs !== 'boolean')
    return { passed: false, idea: 'hangs has to be true or false, without quotes.', trace };
  return undefined;
}

export const countThem = defineExercise<Counted>({
  id: 'zd-3',
  title: 'Count by hand: eight pages, era B',
  minutes: 5,
  kind: 'faded',
  hints: [
    'How high does each touch raise its page, if nothing is ever put?',
    'The kill drops one. Then each page that comes down to 0 drops one more.',
    'Five pages are clean. The device counts 8 + 1 at rest and 8 after the kill, and three pages never let go.',
  ],
  starter: REST,
  solution: { refs: [4, 1, 1, 1, 1, 2, 1, 3], percpu: [9, 8, 3], hangs: true },
  check(answer) {
    const odd = misshapen(answer);
    if (odd !== undefined) return odd;
    if (JSON.stringify(answer) === JSON.stringify(REST))
      return {
        passed: false,
        idea: 'Nothing is counted yet: these are eight pages that nobody has touched.',
        trace: 'The model will show what a count did, for the first number that you get wrong.',
      };
    const t = teardown(zoneDeviceLeak({ release: '5.4-rc7', pages: 8 }), TOUCHES);
    const want: Counted = { refs: t.refs, percpu: t.percpu, hangs: t.hangs };
    const rows = (['refs', 'percpu', 'hangs'] as const).map(k => [
      k,
      JSON.stringify(answer[k]),
      JSON.stringify(want[k]),
    ]);
    const wrong = rows.filter(([, yours, model]) => yours !== model);
    const first = wrong[0]?.[0];
    if (first === undefined)
      return {
        passed: true,
        idea: `${t.leaked} references leaked, and ${t.percpu[2]} pages hold the device: distinct pages count, not touches.`,
      };
    // Only what is wrong first is shown, and never the answer itself.
    if (first !== 'refs') {
      const idea = `Look at ${first}: below is the device's reference on 5.4, where every get is put. What is different here?`;
      const fixed = teardown(zoneDeviceLeak({ release: '5.4', pages: 8 }), TOUCHES);
      return { passed: false, idea, trace: history(fixed.trace, 'pgmap.ref') };
    }
    const page = Math.max(
      0,
      t.refs.findIndex((n, i) => answer.refs?.[i] !== n),
    );
    const idea = `Look at refs, page ${page}: below is what one touch does to a page; put_page is the unbind already. How often is this one touched?`;
    const once = teardown(zoneDeviceLeak({ release: '5.4-rc7', pages: 1 }), [0]);
    return { passed: false, idea, trace: history(once.trace, 'page[0]._refcount') };
  },
});

function history(t: Trace, path: string): string {
  const values = [valueAt(t, path, -1), ...t.steps.map((_, i) => valueAt(t, path, i))];
  const moved = values.flatMap((v, i) =>
    i === 0 || v !== values[i - 1] ? [`${i === 0 ? 'start' : t.steps[i - 1]?.step}: ${v}`] : [],
  );
  return [path, ...moved].join('\n');
}
