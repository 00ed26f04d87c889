/** Calls to our own part of the server (Jupyter's part is called by JupyterLab's services). */

/** 'own': the reader has made it; there is no original. */
export type Edited = 'original' | 'run' | 'edited' | 'own';

export interface NotebookEntry {
  readonly name: string;
  readonly number: string;
  readonly title: string;
  readonly symptom: string;
  readonly minutes: string;
  readonly edited: Edited;
  readonly originalChanged: boolean;
  readonly kernel: boolean;
  /** It cannot be read; `symptom` says why, and what to do. */
  readonly broken?: boolean;
  /** Versions that were kept when two pages saved at once: names of notebooks of their own. */
  readonly conflicts: readonly string[];
  /** Null for a notebook without exercises. */
  readonly progress: { readonly passed: number; readonly exercises: number } | null;
}

/** What the server tells its pages; src/app/http/news.ts describes the protocol. */
export type AppEvent =
  | { readonly type: 'hello'; readonly server: string; readonly key: string }
  | { readonly type: 'alive' }
  | { readonly type: 'rebuilt' }
  | { readonly type: 'build-failed'; readonly text: string }
  | { readonly type: 'kernel-died'; readonly kernel: string; readonly text: string };

/** The server's answer to what it does not do: a sentence, and more for the page. */
export class Refused extends Error {
  readonly details: Readonly<Record<string, unknown>>;
  constructor(message: string, details: Readonly<Record<string, unknown>>) {
    super(message);
    this.details = details;
  }
}

async function call<T>(method: string, path: string, sent?: unknown): Promise<T> {
  const content = { headers: { 'content-type': 'application/json' }, body: JSON.stringify(sent) };
  const response = await fetch(path, { method, cache: 'no-store', ...(sent === undefined ? {} : content) });
  const body: unknown = response.status === 204 ? undefined : await response.json();
  if (response.ok) return body as T;
  const details = body as Readonly<Record<string, unknown>>;
  throw new Refused(String(details.message ?? `${method} ${path}: ${response.status}`), details);
}

export function listNotebooks(): Promise<readonly NotebookEntry[]> {
  return call('GET', '/api/put-page/notebooks');
}

export function notebookEntry(name: string): Promise<NotebookEntry> {
  return call('GET', `/api/put-page/notebooks/${encodeURIComponent(name)}`);
}

/** What we stored of a cell when we ran the original; `place` is its index among the original's cells. */
export interface CellResult {
  readonly id: string | null;
  readonly place: number;
  readonly source: string;
  readonly execution_count: number | null;
  readonly outputs: readonly unknown[];
}

/** @param whole all cells that were run, with their outputs; otherwise only which cells have outputs */
export function resultsOf(name: string, whole: boolean): Promise<readonly CellResult[]> {
  return call('GET', `/api/put-page/results/${encodeURIComponent(name)}${whole ? '' : '?content=0'}`);
}

/** Bets and exercises of a notebook's lesson; none where it has no lesson. */
export interface LessonProgress {
  readonly bets: readonly { readonly id: string; readonly placed: boolean }[];
  readonly exercises: readonly { readonly id: string; readonly title: string; readonly passed: boolean }[];
}

/** What the reader has done in a notebook. */
export function progressIn(name: string): Promise<LessonProgress> {
  return call('GET', `/api/put-page/progress/${encodeURIComponent(name)}`);
}

/** What the words of the glossary mean, by their anchors. */
export function words(): Promise<Readonly<Record<string, string>>> {
  return call('GET', '/api/put-page/words');
}

export interface GlossaryWord {
  readonly anchor: string;
  readonly term: string;
  /** Markdown. */
  readonly entry: string;
}

/** The whole glossary, in its order. */
export async function glossary(): Promise<readonly GlossaryWord[]> {
  return (await call<{ readonly words: readonly GlossaryWord[] }>('GET', '/api/put-page/glossary')).words;
}

/** A mailing-list thread, as far as the page shows it; data/threads.json has the rest. */
export interface Thread {
  readonly subject: string;
  readonly mails: readonly {
    readonly date: string;
    readonly from: string;
    readonly what: string;
    readonly message_id?: string;
    readonly url?: string;
  }[];
  readonly versions?: readonly {
    readonly version: string;
    readonly date: string;
    readonly from: string;
    readonly patches: number;
    readonly what: string;
    readonly message_id: string;
  }[];
  readonly commits: readonly { readonly commit: string; readonly subject: string; readonly release?: string }[];
}

/** The thread that a notebook is about, or null. */
export async function threadOf(name: string): Promise<Thread | null> {
  const path = `/api/put-page/thread/${encodeURIComponent(name)}`;
  return (await call<{ readonly thread: Thread | null }>('GET', path)).thread;
}

/** Deletes the working copy. */
export function backToOriginal(name: string): Promise<void> {
  return call('DELETE', `/api/put-page/copies/${encodeURIComponent(name)}`);
}

const OWN = '/api/put-page/own';

interface Named {
  /** The file's name, with `.ipynb`. */
  readonly name: string;
}

/** A free name near to what is wished, without `.ipynb`. */
export async function freeName(wish: string): Promise<string> {
  return (await call<Named>('GET', `${OWN}/free?wish=${encodeURIComponent(wish)}`)).name;
}

/**
 * Makes a notebook of the reader's own.
 * @param from `text`: what is in a file, whose name is only a wish; `of`: the notebook that it duplicates
 */
export function makeNotebook(
  name: string,
  from: { readonly text?: string; readonly of?: string } = {},
): Promise<Named> {
  return call('POST', OWN, { name, ...from });
}

export function renameNotebook(name: string, to: string): Promise<Named> {
  return call('PATCH', `${OWN}/${encodeURIComponent(name)}`, { name: to });
}

/** Sets a notebook aside; `deleted` brings it back. */
export function deleteNotebook(name: string): Promise<{ readonly deleted: string }> {
  return call('DELETE', `${OWN}/${encodeURIComponent(name)}`);
}

export function restoreNotebook(deleted: string): Promise<Named> {
  return call('POST', `${OWN}/restore`, { deleted });
}

/** The notebook as one HTML file that needs nothing. */
export async function exportPage(name: string, content: unknown): Promise<string> {
  const { html } = await call<{ readonly html: string }>('POST', `/api/put-page/export/${encodeURIComponent(name)}`, {
    content,
  });
  return html;
}

/** The token came in the address; a cookie has it now, and it need not stay in the history. */
export function hideToken(): void {
  const url = new URL(location.href);
  if (!url.searchParams.has('token')) return;
  url.searchParams.delete('token');
  history.replaceState(null, '', url);
}
