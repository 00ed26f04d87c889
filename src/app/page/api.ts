/** Calls to our own part of the server (Jupyter's part is called by JupyterLab's services). */

export type Edited = 'original' | 'run' | 'edited';

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

async function call<T>(method: string, path: string): Promise<T> {
  const response = await fetch(path, { method, cache: 'no-store' });
  const body: unknown = response.status === 204 ? undefined : await response.json();
  if (!response.ok) throw new Error((body as { message?: string }).message ?? `${method} ${path}: ${response.status}`);
  return body as T;
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

/** What the words of the glossary mean, by their anchors. */
export function words(): Promise<Readonly<Record<string, string>>> {
  return call('GET', '/api/put-page/words');
}

/** Deletes the working copy. */
export function backToOriginal(name: string): Promise<void> {
  return call('DELETE', `/api/put-page/copies/${encodeURIComponent(name)}`);
}

/** The token came in the address; a cookie has it now, and it need not stay in the history. */
export function hideToken(): void {
  const url = new URL(location.href);
  if (!url.searchParams.has('token')) return;
  url.searchParams.delete('token');
  history.replaceState(null, '', url);
}
