/** What can go wrong with a reader's copy, as answers: a status, a sentence, and a word for the page. */
import { HttpError } from '../http/reply.js';
import { codeOf } from './read-text.js';

/** A notebook whose file is none. Nothing is deleted: the reader may want to fix it. */
export class Unreadable extends HttpError {
  readonly notebook: string;
  /** The reader's copy, not the original. */
  readonly copy: boolean;

  /** The reader has made it: there is no original. */
  readonly own: boolean;
  readonly #what: string;

  /** @param what is wrong, to go after the name: "is a folder" */
  constructor(notebook: string, copy: boolean, what: string, own = false) {
    const cure = own
      ? 'It lies in the folder of your copies, which the home page names: fix it there, or delete it on the home page; the file is then kept aside.'
      : copy
        ? `It is ${notebook} in the folder of your copies, which the home page names: fix it there, or go back to the original; the file is then kept aside.`
        : `Restore notebooks/${notebook}: with git in a clone, else install put-page again.`;
    const whose = own ? 'Your notebook ' : copy ? 'Your copy of ' : '';
    super(500, `${whose}'${notebook}' ${what}. ${cure}`, { code: 'unreadable', copy });
    this.notebook = notebook;
    this.copy = copy;
    this.own = own;
    this.#what = what;
  }

  /** The same about a notebook that has no original. */
  asOwn(): Unreadable {
    return new Unreadable(this.notebook, true, this.#what, true);
  }
}

/** The copy on disk is not the one that the page had read: both versions are kept. */
export class Conflict extends HttpError {
  /**
   * @param conflict the name under which this version was saved
   * @param hash of the version that stays: what an If-Match would have to say
   */
  constructor(notebook: string, conflict: string, hash: string) {
    super(
      409,
      `'${notebook}' was saved by another page meanwhile. Both versions are kept: the other one as '${notebook}', ` +
        `yours as '${conflict}'.`,
      { code: 'conflict', notebook, conflict, address: `/notebook/${encodeURIComponent(conflict)}`, hash },
    );
  }
}

/** A save that does not say what it replaces, where there is a copy. Nothing was written. */
export class Unnamed extends HttpError {
  constructor(notebook: string, hash: string) {
    super(
      428,
      `There is a copy of '${notebook}', and this save does not say that it has read it: send If-Match with its hash, ` +
        'or * to replace whatever is there.',
      { code: 'unnamed', notebook, hash },
    );
  }
}

/** A failed write as an answer. The old file is intact in each case. */
export function notWritten(error: unknown): unknown {
  const code = codeOf(error);
  const kept = 'What was saved before is intact.';
  if (code === 'ENOSPC' || code === 'EDQUOT')
    return new HttpError(507, `The disk is full, so your copy was not saved. ${kept} Make room, then save again.`, {
      code,
    });
  if (code === 'EROFS' || code === 'EACCES' || code === 'EPERM')
    return new HttpError(500, `Your copy cannot be written: no permission (${code}). ${kept}`, { code });
  if (code === 'error') return error;
  return new HttpError(500, `Your copy cannot be written (${code}). ${kept}`, { code });
}
