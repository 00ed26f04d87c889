/** data/threads.json: who wrote what when, by message-id and commit. The mails' sentences are not kept. */
import { dataFile } from './data-file.js';
import { KernelError } from './error.js';

export interface Commit {
  readonly commit: string;
  readonly subject: string;
  /** The first release with it; absent where it was not looked up. */
  readonly release?: string;
}

export interface Thread {
  /** The key by which scenarios and lessons name it. */
  readonly name: string;
  readonly notebook: string;
  readonly subject: string;
  /** Year, month, day; of the first mail that is told about. */
  readonly date: string;
  readonly mails: readonly {
    readonly date: string;
    readonly from: string;
    readonly what: string;
    readonly message_id?: string;
    readonly url?: string;
  }[];
  readonly commits: readonly Commit[];
}

export function threads(): readonly Thread[] {
  return (dataFile('threads.json') as { readonly threads: readonly Thread[] }).threads;
}

/** Errors: an unknown name. */
export function thread(name: string): Thread {
  const found = threads().find(t => t.name === name);
  if (found === undefined)
    throw new KernelError(
      `no thread is called '${name}'; there is ${threads()
        .map(t => t.name)
        .join(', ')}`,
    );
  return found;
}
