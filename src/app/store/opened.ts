/** A notebook's text, as it is opened: read, checked, and with what a page has to know of it. */
import { Unreadable } from './errors.js';
import { type Json, sha256, sourcesHash } from './notebook-json.js';
import { shapeFault } from './notebook-shape.js';

/** 'run': saved with other outputs, no cell was edited; 'own': the reader has made it, and there is no original. */
export type Edited = 'original' | 'run' | 'edited' | 'own';

export interface OpenNotebook {
  readonly name: string;
  readonly notebook: Json;
  /** Of the bytes that are served: tells a page that somebody else saved meanwhile. */
  readonly hash: string;
  readonly edited: Edited;
  /** The copy is edited, and the original is no longer the one it was made from. */
  readonly originalChanged: boolean;
}

/** What a copy remembers of its original. */
export interface Base {
  readonly original: string;
  readonly sources: string;
}

/** The note for a copy of this original; null when it is none that can be read. */
export function baseOf(original: string | null): Base | null {
  const notebook = original === null ? null : tryParse(original);
  return original === null || notebook === null ? null : { original: sha256(original), sources: sourcesHash(notebook) };
}

export function isBase(value: unknown): value is Base {
  if (typeof value !== 'object' || value === null) return false;
  const { original, sources } = value as Partial<Record<keyof Base, unknown>>;
  return typeof original === 'string' && typeof sources === 'string';
}

/** Kernel and language are the project's business: a front end that rewrites them would only make diffs. */
export function withOwnMetadata(notebook: Json, original: Json | null): Json {
  if (original === null) return { ...notebook, nbformat: 4, nbformat_minor: 5 };
  return {
    ...notebook,
    metadata: original.metadata,
    nbformat: original.nbformat,
    nbformat_minor: original.nbformat_minor,
  };
}

export function opened(
  name: string,
  text: string,
  edited: Edited,
  originalChanged: boolean,
  copy = false,
): OpenNotebook {
  return { name, notebook: parse(name, text, copy), hash: sha256(text), edited, originalChanged };
}

export function parse(name: string, text: string, copy = false): Json {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new Unreadable(name, copy, `is not JSON (${(error as Error).message})`);
  }
  const fault = shapeFault(value);
  if (fault !== null) throw new Unreadable(name, copy, `is JSON but no notebook (${fault})`);
  return value as Json;
}

export function tryParse(text: string): Json | null {
  try {
    return parse('', text);
  } catch {
    return null;
  }
}

export function asUnreadable(name: string, error: unknown): Unreadable {
  if (error instanceof Unreadable) return error;
  return new Unreadable(name, true, `cannot be read (${error instanceof Error ? error.message : String(error)})`);
}
