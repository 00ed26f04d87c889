/**
 * Readers edit copies; the committed notebooks stay as they are. A copy is made by the first save, remembers which
 * original it was made from, and is dropped when it was not edited and the original has moved on. Everything that is
 * done to one notebook is done one after the other.
 */
import { readdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { HttpError } from '../http/reply.js';
import { conflictOf, conflictsOf, nextConflict } from './conflicts.js';
import { Conflict, notWritten, Unnamed, Unreadable } from './errors.js';
import { NAME } from './names.js';
import { type CellResult, type Json, resultsOf, sha256, sourcesHash, withoutOutputs } from './notebook-json.js';
import { OneAtATime } from './one-at-a-time.js';
import {
  asUnreadable,
  type Base,
  baseOf,
  isBase,
  type OpenNotebook,
  opened,
  parse,
  tryParse,
  withOwnMetadata,
} from './opened.js';

export type { Edited, OpenNotebook } from './opened.js';

import { codeOf, NoText, readText } from './read-text.js';
import { replaceFile } from './replace-file.js';

export interface SaveOptions {
  /**
   * Hashes of which one must be that of the notebook on disk; '*' for any. Without it, no copy is replaced.
   */
  readonly ifMatch?: readonly string[] | undefined;
  /** Names the page that saves: its later saves go into the same conflict copy. */
  readonly page?: string | undefined;
}

export class WorkingCopies {
  readonly #originals: string;
  readonly #copies: string;
  readonly #print: (notebook: Json) => string;
  readonly #queue = new OneAtATime();
  /** Which conflict copy a page's saves go into, by notebook and page. */
  readonly #conflicts = new Map<string, string>();

  /**
   * @param originals folder of the committed notebooks, only read
   * @param copies folder of the working copies
   * @param print the project's one way to write a notebook as text (key order, line ends)
   */
  constructor(originals: string, copies: string, print: (notebook: Json) => string) {
    this.#originals = originals;
    this.#copies = copies;
    this.#print = print;
  }

  /** The names of all notebooks, in reading order: the originals, and copies whose original is gone. */
  async list(): Promise<string[]> {
    const originals = new Set(await readdir(this.#originals));
    return (await this.names()).filter(name => originals.has(name) || conflictOf(name) === null);
  }

  /** All names that are taken, sorted: those of `list`, and of the conflict copies. */
  async names(): Promise<string[]> {
    const originals = await readdir(this.#originals);
    // When the folder of the copies cannot be read, each notebook says so by itself.
    const copies = await this.#copyNames().catch(() => []);
    return [...new Set([...originals, ...copies])].filter(name => NAME.test(name)).sort();
  }

  /** Whether the reader has made this notebook: it was never a copy of an original. */
  async isOwn(name: string): Promise<boolean> {
    const copies = await this.#copyNames().catch((): string[] => []);
    if (!copies.includes(name) || conflictOf(name) !== null) return false;
    return !(await readdir(this.#originals)).includes(name) && (await this.#readBase(name)) === null;
  }

  /** Nothing else is done to this notebook meanwhile. */
  alone<T>(name: string, work: () => Promise<T>): Promise<T> {
    return this.#queue.run(name, work);
  }

  /** The names of a notebook's conflict copies, oldest first. */
  async conflicts(name: string): Promise<string[]> {
    return conflictsOf(checked(name), await this.#copyNames());
  }

  /** All notebooks; one that cannot be read costs only itself. */
  async openAll(): Promise<readonly (OpenNotebook | Unreadable)[]> {
    return Promise.all((await this.list()).map(name => this.open(name).catch(error => asUnreadable(name, error))));
  }

  open(name: string): Promise<OpenNotebook> {
    return this.#queue.run(name, () =>
      this.#open(name).catch(async error => {
        throw error instanceof Unreadable && error.copy && (await this.isOwn(name)) ? error.asOwn() : error;
      }),
    );
  }

  /** What the original holds of our own run, also where there is a copy; none for a notebook that has no original. */
  async results(name: string): Promise<CellResult[]> {
    const original = tryParse((await this.#original(name)) ?? '');
    return original === null ? [] : resultsOf(original);
  }

  /**
   * Saves the reader's notebook as a working copy. Saving what equals the original, with all its outputs or with none,
   * leaves no copy. Throws a Conflict
   * when another page has saved since this one read: then this version is in a conflict copy. Throws Unnamed when it would
   * replace a copy without saying so.
   */
  save(name: string, notebook: Json, options: SaveOptions = {}): Promise<OpenNotebook> {
    return this.#queue.run(name, () => this.#save(name, notebook, options));
  }

  /** Back to the original: the copy is deleted. One that cannot be read is kept aside, for it may hold work. */
  revert(name: string): Promise<void> {
    return this.#queue.run(name, async () => {
      if (await this.isOwn(name)) throw new HttpError(403, `'${name}' has no original to go back to: it is your own.`);
      await this.#revert(name);
    });
  }

  /** @param giveWay whether a copy that was only run is dropped when its original has moved on */
  async #open(name: string, giveWay = true): Promise<OpenNotebook> {
    const conflict = await this.#isConflict(name);
    const copy = await this.#read(this.#copyFile(name), name, true);
    const original = await this.#original(name);
    if (copy === null) {
      if (original === null || conflict) throw noSuch(name);
      return opened(name, original, 'original', false);
    }
    const base = await this.#readBase(name);
    if (original === null && base === null) return opened(name, copy, conflict ? 'edited' : 'own', false, true);
    const edited = conflict || base === null || sourcesHash(parse(name, copy, true)) !== base.sources;
    const originalChanged = base === null || original === null || base.original !== sha256(original);
    if (giveWay && !edited && originalChanged && original !== null) {
      await this.#revert(name);
      return opened(name, original, 'original', false);
    }
    return opened(name, copy, edited ? 'edited' : 'run', originalChanged, true);
  }

  async #save(name: string, notebook: Json, { ifMatch, page }: SaveOptions): Promise<OpenNotebook> {
    const current = await this.#current(name);
    const original = await this.#original(name);
    const text = this.#print(withOwnMetadata(notebook, original === null ? null : tryParse(original)));
    const read = current === null || ifMatch === undefined || ifMatch.includes('*') || ifMatch.includes(current.hash);
    // No work of the reader's is replaced where there is no copy, even if the original has moved on meanwhile. And a
    // page that did not hear the answer to its last save sends the same text again.
    const free = current === null || current.edited === 'original' || text === this.#print(current.notebook);
    if (!free && ifMatch === undefined) throw new Unnamed(name, current.hash);
    if (!free && !read) throw await this.#keepBoth(name, text, current.hash, page);
    if (original !== null && this.#isOriginal(text, original) && !(await this.#isConflict(name))) {
      await this.#revert(name);
      return opened(name, original, 'original', false);
    }
    await this.#write(name, text, read ? baseOf(original) : { original: ifMatch?.[0] ?? '', sources: '' });
    return this.#open(name, false);
  }

  /**
   * What is on disk; null when it is a copy that cannot be read, which is put aside. Throws when there is no notebook.
   */
  async #current(name: string): Promise<OpenNotebook | null> {
    try {
      return await this.#open(name, false);
    } catch (error) {
      if (!(error instanceof Unreadable)) throw error;
      if (error.copy) await this.#putAside(name);
      return null;
    }
  }

  async #keepBoth(name: string, text: string, hash: string, page: string | undefined): Promise<Conflict> {
    const owner = conflictOf(name) ?? name;
    const key = `${name}/${page}`;
    // Only pages that say who they are; two that do not could be two.
    const known = page === undefined ? undefined : this.#conflicts.get(key);
    const names = await this.#copyNames();
    const last = conflictsOf(owner, names).at(-1);
    if (last !== undefined && (await readText(this.#copyFile(last)).catch(() => null)) === text)
      return new Conflict(name, last, hash);
    const conflict = known ?? nextConflict(owner, names);
    await this.#write(conflict, text, baseOf(await this.#original(name)));
    if (page !== undefined) this.#conflicts.set(key, conflict);
    return new Conflict(name, conflict, hash);
  }

  /** Writes a copy, and before a new one the note about its original. */
  async #write(name: string, text: string, base: Base | null): Promise<void> {
    try {
      if (base !== null && !(await this.#copyNames()).includes(name))
        await replaceFile(this.#baseFile(name), `${JSON.stringify(base)}\n`);
      await replaceFile(this.#copyFile(name), text);
    } catch (error) {
      throw notWritten(error);
    }
  }

  async #revert(name: string): Promise<void> {
    try {
      const text = await this.#read(this.#copyFile(name), name, true);
      if (text !== null) parse(name, text, true);
    } catch (error) {
      if (!(error instanceof Unreadable)) throw error;
      await this.#putAside(name);
    }
    try {
      await rm(this.#copyFile(name), { force: true });
      await rm(this.#baseFile(name), { force: true, recursive: true });
    } catch (error) {
      throw notWritten(error);
    }
  }

  /** Renames a broken copy to `NAME.ipynb.aside-1`: it may hold work, and a folder may hold anything. */
  async #putAside(name: string): Promise<void> {
    const names = await readdir(this.#copies);
    let number = 1;
    while (names.includes(`${name}.aside-${number}`)) number++;
    try {
      await rename(this.#copyFile(name), path.join(this.#copies, `${name}.aside-${number}`));
    } catch (error) {
      throw notWritten(error);
    }
  }

  /** The text of the original, also that of a conflict copy; null when there is none or it cannot be read as text. */
  async #original(name: string): Promise<string | null> {
    const of = (await this.#isConflict(name)) ? (conflictOf(name) ?? name) : name;
    const hasCopy = (await this.#copyNames().catch((): string[] => [])).includes(name);
    try {
      return await this.#read(path.join(this.#originals, checked(of)), of, false);
    } catch (error) {
      // A reader's copy is shown and saved whatever became of the original.
      if (error instanceof Unreadable && hasCopy) return null;
      throw error;
    }
  }

  /** A name in the form of a conflict copy, unless an original happens to be called so. */
  async #isConflict(name: string): Promise<boolean> {
    return conflictOf(name) !== null && !(await readdir(this.#originals)).includes(name);
  }

  /** Pages get an original without outputs, and put them in when the reader asks for them: neither is an edit. */
  #isOriginal(text: string, original: string): boolean {
    const notebook = tryParse(original);
    return notebook !== null && [notebook, withoutOutputs(notebook)].some(whole => this.#print(whole) === text);
  }

  async #read(file: string, name: string, copy: boolean): Promise<string | null> {
    try {
      return await readText(file);
    } catch (error) {
      if (error instanceof NoText) throw new Unreadable(name, copy, error.message);
      throw error;
    }
  }

  async #readBase(name: string): Promise<Base | null> {
    try {
      const base: unknown = JSON.parse((await readText(this.#baseFile(name))) ?? 'null');
      return isBase(base) ? base : null;
    } catch {
      // A note that is broken is no note: the copy then counts as edited, and stays.
      return null;
    }
  }

  async #copyNames(): Promise<string[]> {
    try {
      return (await readdir(this.#copies)).filter(name => NAME.test(name));
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return [];
      throw error;
    }
  }

  #copyFile(name: string): string {
    return path.join(this.#copies, checked(name));
  }

  #baseFile(name: string): string {
    return path.join(this.#copies, `${checked(name)}.base.json`);
  }
}

function checked(name: string): string {
  if (!NAME.test(name)) throw new HttpError(403, `'${name}' is not the name of a notebook.`);
  return name;
}

function noSuch(name: string): HttpError {
  return new HttpError(404, `There is no notebook '${name}'.`);
}
