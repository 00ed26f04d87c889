/** Bytes in a state travel beside its JSON (widget messaging protocol 2.1, "Binary buffers"). */
import type { State } from './models.js';

export type Path = readonly (string | number)[];

const isBytes = (value: unknown): value is ArrayBufferView => ArrayBuffer.isView(value);
const isPlain = (value: unknown): value is object => typeof value === 'object' && value !== null;

export interface Split {
  readonly state: State;
  readonly buffer_paths: readonly Path[];
  readonly buffers: readonly Uint8Array[];
}

/** Takes the bytes out: a field of an object is left out, an element of an array becomes null. */
export function splitBuffers(state: Readonly<State>): Split {
  const paths: Path[] = [];
  const buffers: Uint8Array[] = [];
  const take = (value: unknown, path: Path): unknown => {
    if (isBytes(value)) {
      paths.push(path);
      buffers.push(new Uint8Array(value.buffer, value.byteOffset, value.byteLength));
      return undefined;
    }
    if (Array.isArray(value)) return value.map((inner, i) => take(inner, [...path, i]) ?? null);
    if (!isPlain(value)) return value;
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, take(inner, [...path, key])]));
  };
  return { state: take(state, []) as State, buffer_paths: paths, buffers };
}

/** Puts the bytes of a message back. A path that leads nowhere is left alone. */
export function joinBuffers(state: State, paths: unknown, buffers: readonly Uint8Array[]): State {
  const copy = structuredClone(state);
  for (const [i, path] of (Array.isArray(paths) ? paths : []).entries()) {
    const bytes = buffers[i];
    if (!Array.isArray(path) || path.length === 0 || bytes === undefined) continue;
    const keys: unknown[] = [...path];
    const last = keys.pop();
    let at: unknown = copy;
    for (const key of keys) at = isPlain(at) && Object.hasOwn(at, String(key)) ? (at as State)[String(key)] : undefined;
    if (isPlain(at) && String(last) !== '__proto__') (at as State)[String(last)] = bytes;
  }
  return copy;
}
