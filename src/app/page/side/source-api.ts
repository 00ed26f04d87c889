/** The server's answers about src/. */

export interface Source {
  readonly file: string;
  readonly line?: number | undefined;
  readonly text: string;
}

/** What went wrong, as a sentence; for an installed kit, which has no src/, with the release's file where that is known. */
export class NoSource extends Error {
  readonly link: string | undefined;
  constructor(message: string, link: string | undefined) {
    super(message);
    this.link = link;
  }
}

async function ask<T>(query: Readonly<Record<string, string>>): Promise<T> {
  const response = await fetch(`/api/put-page/source?${new URLSearchParams(query)}`, { cache: 'no-store' });
  const body = (await response.json()) as T & { readonly message?: string; readonly link?: string };
  if (!response.ok) throw new NoSource(body.message ?? `the server answered ${response.status}`, body.link);
  return body;
}

export async function sourceFile(file: string, line?: number): Promise<Source> {
  return { ...(await ask<Source>({ file })), line };
}

/** @param notebook whose own thread is looked at first */
export function sourceOfName(name: string, notebook: string): Promise<Source> {
  return ask({ name, notebook });
}

export async function sourceFiles(): Promise<readonly string[]> {
  return (await ask<{ readonly files: readonly string[] }>({})).files;
}
