/** What a search rests on: every rule of a release that is asked for in one of its parts. */
import { collected, type Evidence, type Ground, type Grounds, weakestOf } from '../model/index.js';
import type { AnyModel } from '../model/model.js';

interface Asking {
  readonly model: AnyModel;
  readonly grounds: Grounds;
}

/** Does a part of the search, and keeps which rules it asked for. */
export function resting<T>({ grounds }: Asking, part: () => T): T {
  const { made, grounds: asked } = collected(part);
  for (const ground of asked) grounds.add(ground);
  return made;
}

/** The rules of the whole search, those among them that the model asked for when it was made, and the weakest level. */
export function restedOn({ model, grounds }: Asking): {
  readonly level: Evidence | null;
  readonly grounds: readonly Ground[];
} {
  for (const ground of model.declaration.grounds?.() ?? []) grounds.add(ground);
  return { level: weakestOf(grounds.all), grounds: grounds.all };
}
