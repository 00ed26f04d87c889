/** What to say of names in an answer that are not those of the exercise: a misspelt one, one twice, none at all. */
import { nearest } from '../model/nearest.js';
import type { Verdict } from './lesson.js';

/** A failed verdict where a name is not one of `known` or stands twice; nothing where all are. `what`: what they name. */
export function strangeNames(names: readonly unknown[], known: readonly string[], what: string): Verdict | undefined {
  const trace = { columns: [what], rows: known.map(name => [name]) };
  const strange = names.find(name => typeof name !== 'string' || !known.includes(name));
  if (strange !== undefined) {
    const meant = nearest(String(strange), known);
    const hint = meant === undefined ? 'The names are below.' : `Did you mean '${meant}'?`;
    return { passed: false, idea: `There is no ${what} called '${String(strange)}'. ${hint}`, trace };
  }
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  return twice === undefined ? undefined : { passed: false, idea: `'${String(twice)}' stands twice.`, trace };
}

/** A failed verdict where a field that must be a whole number of at least 0 is none; nothing where all are. */
export function notWhole(answer: Readonly<Record<string, unknown>>, fields: readonly string[]): Verdict | undefined {
  const given = Object.keys(answer);
  const missing = fields.find(field => !given.includes(field));
  const extra = given.find(field => !fields.includes(field));
  const trace = {
    columns: ['field', 'yours'],
    rows: fields.map(f => [f, f in answer ? String(answer[f]) : 'missing']),
  };
  if (missing !== undefined) {
    const instead = extra === undefined ? '' : ` Did you write it as '${extra}'?`;
    return { passed: false, idea: `The field '${missing}' is missing.${instead}`, trace };
  }
  const odd = fields.find(field => !Number.isInteger(answer[field]) || Number(answer[field]) < 0);
  if (odd === undefined) return undefined;
  const got = typeof answer[odd] === 'string' ? `the text '${answer[odd]}'` : String(answer[odd]);
  return { passed: false, idea: `'${odd}' must be a whole number of at least 0, without quotes; it is ${got}.`, trace };
}
