/** Names that a model may use: a schedule must be able to say them, and JavaScript must keep them in the order in which they are written. */
import { ModelError } from './error.js';

const NAME = /^[A-Za-z_$][\w$-]*$/;
const isNumber = (name: string) => /^\d+$/.test(name);

/** The name of a process or of a step. Errors: one that a schedule cannot say; a number, which JavaScript would move before all other names. */
export function checkedName(model: string, what: string, name: string): void {
  if (NAME.test(name)) return;
  const why = isNumber(name)
    ? 'JavaScript moves names that are numbers to the front, so that the steps would run in another order'
    : 'a schedule could not say it';
  throw new ModelError(
    `${model}: ${what} '${name}' needs another name: ${why}. Expected a letter or _ first, then letters, digits, _ or -; perhaps '${suggested(name)}'`,
  );
}

function suggested(name: string): string {
  const word = name.replaceAll(/[^\w$-]+/g, '_').replaceAll(/^_+|_+$/g, '');
  return NAME.test(word) ? word : `step_${word || 'x'}`;
}

/** The name of a field. Errors: `id` where an element or a process has its own; a number, which JavaScript would move before all other names. */
export function checkedField(model: string, path: string, name: string, ofElement: boolean): void {
  if (isNumber(name))
    throw new ModelError(
      `${model}: ${path} is called by a number, and JavaScript moves such names to the front; expected a letter first`,
    );
  if (ofElement && name === 'id')
    throw new ModelError(`${model}: ${path} would hide the number that every element has as id; choose another name`);
}
