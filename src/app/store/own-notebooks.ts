/**
 * Notebooks that a reader makes: new ones, files from elsewhere, duplicates. They lie beside the working copies and have
 * no original. Deleting renames them to `NAME.ipynb.deleted-1`, so that it can be undone.
 */
import { readdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { HttpError } from '../http/reply.js';
import { conflictsOf } from './conflicts.js';
import { notWritten } from './errors.js';
import { freeName, nameFault, tidyName } from './names.js';
import type { Json } from './notebook-json.js';
import { replaceFile } from './replace-file.js';
import type { WorkingCopies } from './working-copies.js';

const DELETED = /^(.+\.ipynb)\.deleted-(\d{1,6})$/;

export class OwnNotebooks {
  readonly #copies: WorkingCopies;
  readonly #folder: string;
  readonly #print: (notebook: Json) => string;

  /** @param folder of the working copies; `print` writes a notebook as text */
  constructor(copies: WorkingCopies, folder: string, print: (notebook: Json) => string) {
    this.#copies = copies;
    this.#folder = folder;
    this.#print = print;
  }

  /** A free name near to what somebody wishes, without `.ipynb`. */
  async free(wish: string): Promise<string> {
    return freeName(tidyName(wish), await this.#copies.names());
  }

  /** Makes a notebook; returns its file name. Throws an HttpError when it cannot be called so. */
  async create(stem: string, notebook: Json): Promise<string> {
    const name = `${stem}.ipynb`;
    await this.#checkFree(stem);
    return this.#copies.alone(name, async () => {
      await this.#checkFree(stem);
      await written(replaceFile(this.#file(name), this.#print(notebook)));
      return name;
    });
  }

  /** Gives a notebook another name, and the versions of it that were kept aside theirs. */
  async rename(name: string, stem: string): Promise<string> {
    const to = `${stem}.ipynb`;
    return this.#copies.alone(name, async () => {
      await this.#checkOwn(name);
      if (to === name) return name;
      await this.#checkFree(stem, name);
      for (const file of await this.#family(name))
        await written(rename(this.#file(file), this.#file(to.slice(0, -6) + file.slice(name.length - 6))));
      return to;
    });
  }

  /** Sets a notebook aside; returns what `restore` takes. */
  async remove(name: string): Promise<string> {
    return this.#copies.alone(name, async () => {
      await this.#checkOwn(name);
      const all = await readdir(this.#folder);
      let number = 1;
      while (all.includes(`${name}.deleted-${number}`)) number++;
      for (const file of await this.#family(name))
        await written(rename(this.#file(file), this.#file(`${file}.deleted-${number}`)));
      return `${name}.deleted-${number}`;
    });
  }

  /** Brings a deleted notebook back, under another name when its own has been given meanwhile; returns the name. */
  async restore(deleted: string): Promise<string> {
    const [, name = '', number = ''] = DELETED.exec(deleted) ?? [];
    const all = await readdir(this.#folder);
    if (!all.includes(deleted)) throw new HttpError(404, `There is no deleted notebook '${deleted}'.`);
    const stem = freeName(name.slice(0, -6), await this.#copies.names());
    const to = `${stem}.ipynb`;
    return this.#copies.alone(to, async () => {
      const versions = conflictsOf(
        name,
        all.map(file => DELETED.exec(file)).flatMap(of => (of?.[2] === number ? [of[1] ?? ''] : [])),
      );
      for (const file of [name, ...versions])
        await written(rename(this.#file(`${file}.deleted-${number}`), this.#file(stem + file.slice(name.length - 6))));
      return to;
    });
  }

  /** The notebook and its conflict copies. What a copy remembers of an original goes: this one has none. */
  async #family(name: string): Promise<string[]> {
    const versions = await this.#copies.conflicts(name);
    for (const file of [name, ...versions]) await rm(this.#file(`${file}.base.json`), { force: true });
    return [name, ...versions];
  }

  async #checkOwn(name: string): Promise<void> {
    if (await this.#copies.isOwn(name)) return;
    throw new HttpError(403, `'${name}' is none of your own notebooks: only those can be renamed or deleted.`);
  }

  /** @param self whose name does not count as taken: it may change its case */
  async #checkFree(stem: string, self?: string): Promise<void> {
    const fault = nameFault(stem);
    if (fault !== null) throw new HttpError(400, fault, { code: 'name', suggestion: await this.free(stem) });
    const names = (await this.#copies.names()).filter(name => name !== self);
    const suggestion = freeName(stem, names);
    if (suggestion !== stem)
      throw new HttpError(409, `There is a notebook '${stem}' already.`, { code: 'taken', suggestion });
  }

  #file(name: string): string {
    return path.join(this.#folder, name);
  }
}

async function written(work: Promise<void>): Promise<void> {
  try {
    await work;
  } catch (error) {
    throw notWritten(error);
  }
}
