/** The line to the controls of the kernel that runs now. Nothing of them is loaded before the first one. */
import type { Incoming } from '../../../jupyter/comms/comms.js';
import { stylesOf } from './styles.js';
import type { PageWidgets, Send } from './widgets.js';

export class Controls {
  readonly #send: Send;
  #all: Promise<PageWidgets> | undefined;
  /** What the kernel has said, one after the other. */
  #told: Promise<unknown> = Promise.resolve();

  constructor(send: Send) {
    this.#send = send;
  }

  take(message: Incoming): void {
    this.#all ??= this.#load();
    const all = this.#all;
    this.#told = this.#told
      .then(async () => (await all).take(message))
      .catch((error: unknown) => console.warn('a control did not understand its cell', error));
  }

  async #load(): Promise<PageWidgets> {
    const [{ PageWidgets }] = await Promise.all([import('./widgets.js'), stylesOf('widgets.css')]);
    return new PageWidgets(this.#send);
  }

  /** As `PageWidgets.draw`. */
  async draw(id: string, into: HTMLElement, gone: () => void): Promise<(() => void) | undefined> {
    await this.#told;
    return (await this.#all)?.draw(id, into, gone);
  }

  /** The kernel is gone. */
  end(): void {
    const all = this.#all;
    this.#all = undefined;
    void all?.then(one => one.end());
  }
}
