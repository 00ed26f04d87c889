/**
 * Edits that the server does not have yet, kept in the browser (IndexedDB, which survives a crash of the browser; the
 * older localStorage is written to disk seconds later). One draft a notebook and tab. A tab holds a lock as long as it
 * lives, so that another one offers only what nobody is working on any more.
 */
import type { Sources } from './sources.js';

export interface Draft {
  readonly notebook: string;
  readonly tab: string;
  /** Milliseconds since 1970, of the last change. */
  readonly time: number;
  /** The hash of the saved notebook that the edits were made on. */
  readonly base: string;
  readonly sources: Sources;
}

const STORE = 'drafts';

/** A draft that nobody came back for. */
const OLDEST_MS = 30 * 24 * 3600 * 1000;

export class Drafts {
  readonly #notebook: string;
  readonly #tab: string = crypto.randomUUID();
  readonly #database: Promise<IDBDatabase>;

  /** @param notebook the name of the file */
  constructor(notebook: string) {
    this.#notebook = notebook;
    this.#database = openDatabase();
    // Held until the tab ends, however it ends.
    void navigator.locks.request(lockName(this.#tab), () => new Promise(() => {}));
  }

  async keep(base: string, sources: Sources): Promise<void> {
    const draft: Draft = { notebook: this.#notebook, tab: this.#tab, time: Date.now(), base, sources };
    await this.#run('readwrite', store => store.put(draft));
  }

  /** The server has everything that this tab's draft held. */
  async drop(tab = this.#tab): Promise<void> {
    await this.#run('readwrite', store => store.delete([this.#notebook, tab]));
  }

  /** The newest draft of this notebook whose tab is gone, or null. */
  async left(): Promise<Draft | null> {
    const all = await this.#run<Draft[]>('readonly', store => store.getAll());
    const { held = [] } = await navigator.locks.query();
    const alive = new Set(held.map(lock => lock.name));
    const left = all.filter(draft => draft.notebook === this.#notebook && !alive.has(lockName(draft.tab)));
    const old = left.filter(draft => draft.time < Date.now() - OLDEST_MS);
    await Promise.all(old.map(draft => this.drop(draft.tab)));
    return left.filter(draft => !old.includes(draft)).sort((a, b) => b.time - a.time)[0] ?? null;
  }

  async #run<T>(mode: IDBTransactionMode, ask: (store: IDBObjectStore) => IDBRequest): Promise<T> {
    const transaction = (await this.#database).transaction(STORE, mode, { durability: 'strict' });
    const request = ask(transaction.objectStore(STORE));
    return new Promise((resolve, reject) => {
      transaction.oncomplete = () => resolve(request.result as T);
      transaction.onabort = () => reject(transaction.error ?? new Error('the browser keeps no drafts'));
    });
  }
}

function lockName(tab: string): string {
  return `put-page tab ${tab}`;
}

function openDatabase(): Promise<IDBDatabase> {
  const request = indexedDB.open('put-page', 1);
  request.onupgradeneeded = () => request.result.createObjectStore(STORE, { keyPath: ['notebook', 'tab'] });
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error('the browser keeps no drafts'));
  });
}
