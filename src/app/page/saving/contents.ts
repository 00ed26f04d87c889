/** The notebook on the server: read whole, and replaced only by whoever knows what is there. */

import type { Answer } from './saver.js';
import type { NotebookCells } from './sources.js';

/** After this a save counts as failed, and is tried again: nothing stays "Saving…" for ever. */
const PATIENCE_MS = 20_000;

/** What a browser still sends when its page goes away. */
export const KEEPALIVE_MAX = 60_000;

export interface Stored {
  readonly content: NotebookCells;
  readonly hash: string;
}

function address(name: string): string {
  return `/api/contents/notebooks/${encodeURIComponent(name)}`;
}

/** Throws an error with the server's sentence. */
export async function fetchNotebook(name: string): Promise<Stored> {
  const response = await fetch(address(name), { cache: 'no-store', signal: AbortSignal.timeout(PATIENCE_MS) });
  const body = (await response.json()) as Stored & { readonly message?: string };
  if (!response.ok) throw new Error(body.message ?? `the server answered ${response.status}`);
  return body;
}

/** False only when the server says that there is no such notebook. Never throws. */
export async function isThere(name: string): Promise<boolean> {
  try {
    const options = { cache: 'no-store', signal: AbortSignal.timeout(PATIENCE_MS) } as const;
    return (await fetch(`${address(name)}?content=0`, options)).status !== 404;
  } catch {
    return true;
  }
}

/** Names this tab to the server, which keeps the versions of one tab that conflict in one copy. */
const TAB = crypto.randomUUID();

function request(text: string, hash: string): RequestInit {
  const match = hash === '*' ? hash : `"${hash}"`;
  const headers = { 'content-type': 'application/json', 'if-match': match, 'x-put-page-tab': TAB };
  return { method: 'PUT', headers, body: `{"type":"notebook","format":"json","content":${text}}` };
}

/** @param hash what the text replaces; '*' for whatever is there */
export async function putNotebook(name: string, text: string, hash: string): Promise<Answer> {
  try {
    const response = await fetch(address(name), { ...request(text, hash), signal: AbortSignal.timeout(PATIENCE_MS) });
    const body = (await response.json()) as { hash?: string; message?: string; conflict?: string };
    if (response.status === 409 && body.conflict !== undefined) return { kind: 'conflict', copy: body.conflict };
    if (response.ok && body.hash !== undefined) return { kind: 'saved', hash: body.hash };
    if (response.status === 404) return { kind: 'failed', message: 'there is no such notebook', gone: true };
    return { kind: 'failed', message: body.message ?? `the server answered ${response.status}` };
  } catch {
    return { kind: 'failed', message: 'the server did not answer' };
  }
}

/** Sends a last save from a page that goes away, if it is small enough for that. Nobody is there to hear the answer. */
export function putAtLast(name: string, text: string, hash: string): boolean {
  if (new Blob([text]).size > KEEPALIVE_MAX) return false;
  void fetch(address(name), { ...request(text, hash), keepalive: true }).catch(() => {
    // The draft in the browser is offered when the notebook is opened again.
  });
  return true;
}
