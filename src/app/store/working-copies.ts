/**
 * Readers edit copies; the committed notebooks stay as they are. A copy is made by the first save, remembers which
 * original it was made from, and is dropped when it was not edited and the original has moved on.
 */
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { HttpError } from '../http/reply.js';
import { type Json, sha256, sourcesHash } from './notebook-json.js';

/** 'run': saved with other outputs, no cell was edited. */
export type Edited = 'original' | 'run' | 'edited';

export interface OpenNotebook {
  readonly name: string;
  readonly notebook: Json;
  /** Of the bytes that are served: tells a page that somebody else saved meanwhile. */
  readonly hash: string;
  readonly edited: Edited;
  /** The copy is edited, and the original is no longer the one it was made from. */
  readonly originalChanged: boolean;
}

/** A notebook whose file cannot be read as JSON. Nothing is deleted: the reader may want to mend it. */
export class Unreadable extends HttpError {
  readonly notebook: string;
  /** The reader's copy, not the original. */
  readonly copy: boolean;

  constructor(notebook: string, copy: boolean, why: string) {
    const cure = copy
      ? `It is .put-page/notebooks/${notebook}: mend it there, or go back to the original.`
      : `Restore notebooks/${notebook}, say with git.`;
    super(500, `${copy ? 'Your copy of ' : ''}'${notebook}' is not JSON (${why}). ${cure}`);
    this.notebook = notebook;
    this.copy = copy;
  }
}

/** What a copy remembers of its original. */
interface Base {
  readonly original: string;
  readonly sources: string;
}

const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]*\.ipynb$/;

export class WorkingCopies {
  readonly #originals: string;
  readonly #copies: string;
  readonly #print: (notebook: Json) => string;

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

  /** The names of all notebooks, in reading order. */
  async list(): Promise<string[]> {
    const names = await readdir(this.#originals);
    return names.filter(name => NAME.test(name)).sort();
  }

  /** All notebooks; one that cannot be read costs only itself. */
  async openAll(): Promise<readonly (OpenNotebook | Unreadable)[]> {
    return Promise.all((await this.list()).map(name => this.open(name).catch(unreadableOnly)));
  }

  async open(name: string): Promise<OpenNotebook> {
    const original = await this.#readOriginal(name);
    const copy = await readIfThere(this.#copyFile(name));
    if (copy === null) return opened(name, original, 'original', false);
    const base = await this.#readBase(name);
    const edited = base === null || sourcesHash(parse(name, copy, true)) !== base.sources;
    const originalChanged = base === null || base.original !== sha256(original);
    if (!edited && originalChanged) {
      await this.revert(name);
      return opened(name, original, 'original', false);
    }
    return opened(name, copy, edited ? 'edited' : 'run', originalChanged, true);
  }

  /** Saves the reader's notebook as a working copy. Saving what equals the original leaves no copy. */
  async save(name: string, notebook: Json): Promise<OpenNotebook> {
    const original = await this.#readOriginal(name);
    const text = this.#print(withOwnMetadata(notebook, parse(name, original)));
    if (text === this.#print(parse(name, original))) {
      await this.revert(name);
      return opened(name, original, 'original', false);
    }
    await mkdir(this.#copies, { recursive: true });
    if ((await readIfThere(this.#copyFile(name))) === null) {
      const base: Base = { original: sha256(original), sources: sourcesHash(parse(name, original)) };
      await replace(this.#baseFile(name), `${JSON.stringify(base)}\n`);
    }
    await replace(this.#copyFile(name), text);
    return this.open(name);
  }

  /** Back to the original: the copy is deleted. */
  async revert(name: string): Promise<void> {
    await rm(this.#copyFile(name), { force: true });
    await rm(this.#baseFile(name), { force: true });
  }

  async #readOriginal(name: string): Promise<string> {
    const text = await readIfThere(path.join(this.#originals, checked(name)));
    if (text === null) throw new HttpError(404, `There is no notebook '${name}'.`);
    return text;
  }

  async #readBase(name: string): Promise<Base | null> {
    const text = await readIfThere(this.#baseFile(name));
    if (text === null) return null;
    try {
      return JSON.parse(text) as Base;
    } catch {
      // A note that is broken is no note: the copy then counts as edited, and stays.
      return null;
    }
  }

  #copyFile(name: string): string {
    return path.join(this.#copies, checked(name));
  }

  #baseFile(name: string): string {
    return path.join(this.#copies, `${checked(name)}.base.json`);
  }
}

/** A name is one plain file name, so no path can lead out of the two folders. */
function checked(name: string): string {
  if (!NAME.test(name)) throw new HttpError(403, `'${name}' is not the name of a notebook.`);
  return name;
}

/** Kernel and language are the project's business: a front end that rewrites them would only make diffs. */
function withOwnMetadata(notebook: Json, original: Json): Json {
  return {
    ...notebook,
    metadata: original.metadata,
    nbformat: original.nbformat,
    nbformat_minor: original.nbformat_minor,
  };
}

function opened(name: string, text: string, edited: Edited, originalChanged: boolean, copy = false): OpenNotebook {
  return { name, notebook: parse(name, text, copy), hash: sha256(text), edited, originalChanged };
}

function parse(name: string, text: string, copy = false): Json {
  try {
    return JSON.parse(text) as Json;
  } catch (error) {
    throw new Unreadable(name, copy, (error as Error).message);
  }
}

function unreadableOnly(error: unknown): Unreadable {
  if (error instanceof Unreadable) return error;
  throw error;
}

async function readIfThere(file: string): Promise<string | null> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

/** Written aside and renamed: a crash leaves the old file or the new one, never half of one. */
async function replace(file: string, text: string): Promise<void> {
  const aside = `${file}.new`;
  await writeFile(aside, text);
  await rename(aside, file);
}
