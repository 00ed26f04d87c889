/** Runs a check on whatever a reader wrote. Nothing that it does is an error: it becomes a verdict. */
import type { Exercise, Verdict } from './lesson.js';

const describe = (thrown: unknown): string =>
  thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : `the value ${String(thrown)}`;

const briefChars = 200;

function briefOne(value: unknown): string {
  if (typeof value === 'function') return 'a function';
  try {
    return JSON.stringify(value) ?? String(value);
  } catch {
    return 'an object that refers to itself';
  }
}

/** Values in one short line. */
function brief(values: readonly unknown[]): string {
  const text = values.map(briefOne).join(', ');
  return text.length <= briefChars ? text : `${text.slice(0, briefChars)}…`;
}

interface Thrown {
  readonly error: unknown;
  readonly args: readonly unknown[];
}

/** The same function, that notes what it was called with when it throws. */
function watched(answer: unknown, note: (thrown: Thrown) => void): unknown {
  if (typeof answer !== 'function') return answer;
  return new Proxy(answer, {
    apply: (target, self, args: unknown[]) => {
      try {
        return Reflect.apply(target, self, args);
      } catch (error) {
        note({ error, args });
        throw error;
      }
    },
  });
}

/** The verdict on an answer; an answer or a check that throws gives one too. */
export function judge(exercise: Exercise, answer: unknown): Verdict {
  const thrown: Thrown[] = [];
  try {
    const verdict = exercise.check(watched(answer, what => thrown.push(what)));
    if (typeof verdict?.passed === 'boolean' && typeof verdict.idea === 'string') return verdict;
    return {
      passed: false,
      idea: 'The check of this exercise gave no verdict: a fault of the kit, not of your answer.',
    };
  } catch (error) {
    const [first] = thrown;
    if (first !== undefined) {
      const idea = `Your answer threw ${describe(first.error)}. It has to answer in every case, in this one too.`;
      return { passed: false, idea, trace: `called with (${brief(first.args)})` };
    }
    const idea = `The check could make nothing of this answer: ${describe(error)}. Compare its form with the cell as it came.`;
    return { passed: false, idea, trace: `your answer: ${brief([answer])}` };
  }
}
