/** data/threads.json: who wrote what when, by message-id and commit. The mails' sentences are not kept. */
import { whatThereIs } from '../../model/index.js';
import { dataFile } from './data-file.js';
import { KernelError } from './error.js';
import type { Evidence } from './release-table.js';

export interface Commit {
  readonly commit: string;
  readonly subject: string;
  /** The first release with it; absent where it was not looked up. */
  readonly release?: string;
}

/** One posting of a patch series. */
export interface Version {
  readonly version: string;
  /** As its cover letter is dated. */
  readonly date: string;
  readonly from: string;
  readonly patches: number;
  /** What it did differently from the one before. */
  readonly what: string;
  /** Of its cover letter. */
  readonly message_id: string;
  readonly evidence: Evidence;
  /** Which of its mails were read. */
  readonly read: string;
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
  /** The postings of the series that the thread is about, in order; absent where it is about none. */
  readonly versions?: readonly Version[];
}

export function threads(): readonly Thread[] {
  return (dataFile('threads.json') as { readonly threads: readonly Thread[] }).threads;
}

/** Errors: an unknown name. */
export function thread(name: string): Thread {
  const found = threads().find(t => t.name === name);
  if (found === undefined)
    throw new KernelError(
      `no thread is called '${name}'; there is ${whatThereIs(
        name,
        threads().map(t => t.name),
      )}`,
    );
  return found;
}
