/** Runs a check on whatever a reader wrote. Nothing that it does is an error: it becomes a verdict. */
import { ModelError } from '../model/error.js';
import { Interrupted, interruptible } from '../model/interrupt.js';
import type { Exercise, Verdict } from './lesson.js';

const describe = (thrown: unknown): string =>
  thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : `the value ${String(thrown)}`;

const briefChars = 200;

function briefOne(value: unknown, cyclic: string): string {
  if (typeof value === 'function') return 'a function';
  try {
    return JSON.stringify(value) ?? String(value);
  } catch {
    return cyclic;
  }
}

/** Values in one short line. */
function brief(values: readonly unknown[], cyclic = 'an object that refers to itself'): string {
  const text = values.map(value => briefOne(value, cyclic)).join(', ');
  return text.length <= briefChars ? text : `${text.slice(0, briefChars)}…`;
}

/** What a model says, a line each, as sentences. Where it names the step twice, the second name is enough. */
const sentences = (message: string): string =>
  message
    .replace(/^[\w-]+: [\w[\]]+ in (\w+): (?=\w+\.\1\b)/, '')
    .split('\n')
    .map(line => (/[.?!]$/.test(line) ? line : `${line}.`))
    .join(' ');

/** The answer, where it fits into a line: a whole model does not. */
function shortly(answer: unknown): Pick<Verdict, 'trace'> {
  const text = brief([answer]);
  return text.length > briefChars ? {} : { trace: `your answer: ${text}` };
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

function formOf(value: unknown): string {
  if (Array.isArray(value)) return 'a list, in [ ]';
  if (value === null) return 'null';
  const forms: Partial<Record<string, string>> = {
    function: 'a function',
    number: 'a number, without quotes',
    string: 'a text, in quotes',
    object: 'an object, in { }',
    boolean: 'true or false',
  };
  return forms[typeof value] ?? typeof value;
}

/** The call that threw what came out in the end. A search catches much of what a step throws, and says the rest better itself. */
const escapedFrom = (thrown: readonly Thrown[], escaped: unknown): Thrown | undefined =>
  thrown.find(t => t.error === escaped || (escaped instanceof Error && escaped.cause === t.error));

/** The verdict on an answer; an answer or a check that throws gives one too. */
export function judge(exercise: Exercise, answer: unknown): Verdict {
  const [wanted, given] = [formOf(exercise.starter), formOf(answer)];
  if (wanted !== given) {
    const idea = `The answer has to be ${wanted}; this is ${given}. Compare it with the cell as it came.`;
    return { passed: false, idea, trace: `your answer: ${brief([answer])}` };
  }
  const thrown: Thrown[] = [];
  try {
    const verdict = interruptible(`the check of ${exercise.id}`, () =>
      exercise.check(watched(answer, what => thrown.push(what))),
    );
    if (typeof verdict?.passed === 'boolean' && typeof verdict.idea === 'string') return verdict;
    return {
      passed: false,
      idea: 'The check of this exercise gave no verdict: a fault of the kit, not of your answer.',
    };
  } catch (error) {
    if (error instanceof Interrupted) throw error;
    const own = escapedFrom(thrown, error);
    if (own !== undefined) {
      const idea = `Your answer threw ${describe(own.error)}. It has to answer in every case, in this one too.`;
      return { passed: false, idea, trace: `called with (${brief(own.args, 'an object of the model')})` };
    }
    if (error instanceof ModelError)
      return { passed: false, idea: `It does not run: ${sentences(error.message)}`, ...shortly(answer) };
    const idea = `The check could make nothing of this answer: ${describe(error)}. Compare its form with the cell as it came.`;
    return { passed: false, idea, trace: `your answer: ${brief([answer])}` };
  }
}
