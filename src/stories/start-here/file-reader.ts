/**
 * a file and a reader: the model that notebook 00 builds in a cell, for the exercise that asks a property of it.
 * Verdict: holds. Its wrong readers are steps that a property has to find.
 */
import { defineModel } from '../../kit/model.js';
import { type At, count, held } from '../../model/index.js';

/** The model’s type, by a name: what an editor and a cell print. */
export interface FileAndReader extends ReturnType<typeof declared> {}

/** A page of a file, and a reader of it. */
export function fileAndReader(): FileAndReader {
  return declared();
}

function declared() {
  return defineModel('a file and a reader', {
    sorts: {},
    state: { page: { _refcount: count({ file: held({ init: 1 }), reader: held({ max: 2 }) }) } },
  })
    .process('reader', {}, { get: s => s.page._refcount.get('reader'), put: s => s.page._refcount.put('reader') })
    .process('truncate', {}, { put_page: s => s.page._refcount.put('file') });
}

/** A property of it: what has to be true in every state. `at.reader?.[0]`: the step that the reader takes next, or `done`. */
export type Property = (
  s: { readonly page: { readonly _refcount: { held(holder: 'file' | 'reader'): number } } },
  at: At,
) => boolean;
