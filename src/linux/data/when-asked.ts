/** Rules of a release that are asked for when they are used: what a model does not use, it does not rest on. */

/** An object whose fields are computed each time that they are read. */
export function whenAsked<T extends object>(fields: { readonly [K in keyof T]: () => T[K] }): T {
  const found = {};
  for (const name of Object.keys(fields) as (keyof T)[])
    Object.defineProperty(found, name, { enumerable: true, get: fields[name] });
  return found as T;
}

/** The same object with other fields in place of its own, none of which is read by this. */
export function extended<T extends object>(base: T, more: Partial<T>): T {
  const of = Object.getOwnPropertyDescriptors;
  return Object.defineProperties({}, { ...of(base), ...of(more) }) as T;
}
