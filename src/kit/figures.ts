/**
 * Where a run and a verdict find their figures. `index.ts` hands them in: a command that only searches comes in by `model.ts`, and
 * loads none of them.
 */
import type * as drawing from './drawing.js';

let given: typeof drawing | undefined;

export function drawWith(figures: typeof drawing): void {
  given = figures;
}

/** Errors: nobody has handed them in. */
export function figures(): typeof drawing {
  if (given === undefined)
    throw new Error("no figure can be drawn here: import 'put-page/kit', which brings them along");
  return given;
}
