/**
 * A place below a cell whose content follows what is turned: a figure, and words below it. Both are ordinary outputs with a display id, so that a
 * notebook keeps the last of them, and a front end without widgets shows the first.
 */
import { type MimeBundle, showUpdatable } from '../jupyter/display.js';

export interface Shown {
  /** What is drawn; undefined: nothing is. */
  readonly figure?: MimeBundle | undefined;
  readonly words?: MimeBundle | undefined;
}

/** An output that is there and shows nothing: an empty bundle would take it away. */
const nothing: MimeBundle = { 'text/plain': '' };

export class LiveArea {
  readonly #id: string;
  #there = false;

  constructor(id: string) {
    this.#id = id;
  }

  show({ figure = nothing, words = nothing }: Shown): void {
    showUpdatable(figure, { id: `${this.#id}-figure`, update: this.#there });
    showUpdatable(words, { id: `${this.#id}-words`, update: this.#there });
    this.#there = true;
  }

  /** Only the words: the figure stays. */
  say(words: MimeBundle): void {
    if (this.#there) showUpdatable(words, { id: `${this.#id}-words`, update: true });
    else this.show({ words });
  }
}
