/**
 * Comm messages among the cells: each takes its turn, in the order in which it came, so a handler never runs beside a cell. A message that comes
 * while a cell runs waits; a cell that fails aborts no message.
 */
import { createHash } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import { Comms, type Publish } from '../comms/comms.js';
import type { CommHost } from '../comms/host.js';
import type { JupyterError } from './diagnostics.js';
import type { Request } from './server.js';
import type { Turns } from './turns.js';

/** `off` in the environment: cells find no front end to speak to, so that an executed notebook holds what everybody can show, and no controls. */
export const widgetsVariable = 'PUT_PAGE_WIDGETS';

type Json = Readonly<Record<string, unknown>>;

/** What the kernel does for it. `Owner`: whose outputs a handler makes. */
interface Kernel<Owner> {
  begin(request: Request): Owner;
  /** Runs work so that an interrupt ends it. */
  serve(owner: Owner, work: () => unknown): Promise<{ readonly error?: JupyterError }>;
  /** A message is done; `error`: what its handler threw. */
  ended(owner: Owner, error: JupyterError | undefined): void;
  /** Whose handler, or cell, is at work. */
  current(): Owner | undefined;
  readonly publish: Publish;
}

export class CommTurns<Owner extends object> {
  readonly #turns: Turns;
  readonly #kernel: Kernel<Owner>;
  readonly #comms: Comms;
  /** What handlers put off: their message is done when that is. */
  readonly #putOff = new WeakMap<Owner, Promise<unknown>>();
  #base = 'early';
  #count = 0;

  constructor(turns: Turns, kernel: Kernel<Owner>) {
    this.#turns = turns;
    this.#kernel = kernel;
    this.#comms = new Comms(kernel.publish, () => `${this.#base}-${++this.#count}`);
  }

  /** For the library. */
  get host(): CommHost {
    const comms = this.#comms;
    return {
      open: (target, message) => comms.open(target, message),
      newId: () => comms.newId(),
      register: (target, opened) => comms.register(target, opened),
      later: work => this.#later(work),
    };
  }

  /**
   * Ids come from the cell: the same cells, run again in another kernel, have the same ids, and an executed notebook has the same bytes; another
   * cell never has them, so a stored output does not find the controls of a stranger.
   */
  beginCell(code: string, executionCount: number, cellId: unknown): void {
    this.#base = createHash('sha256').update(`${executionCount}\0${code}`).digest('hex').slice(0, 16);
    this.#count = 0;
    this.#comms.beginCell(typeof cellId === 'string' ? cellId : undefined);
  }

  endCell(): void {
    this.#comms.endCell();
  }

  info(content: Json): Json {
    return this.#comms.info(content);
  }

  async take(request: Request): Promise<undefined> {
    const owner = this.#kernel.begin(request);
    const { error } = await this.#alone(owner, () => this.#comms.take(request));
    await this.#putOff.get(owner)?.catch(() => {});
    this.#kernel.ended(owner, error);
  }

  async #alone(owner: Owner, work: () => unknown): Promise<{ readonly error?: JupyterError }> {
    const turn = this.#turns.take();
    await turn.ready;
    try {
      return await this.#kernel.serve(owner, work);
    } finally {
      turn.done();
    }
  }

  #later(work: () => void): Promise<void> {
    const owner = this.#kernel.current();
    if (owner === undefined) return Promise.reject(new Error('no cell has run yet'));
    const done = this.#afterThoseThatCame(owner, work);
    this.#putOff.set(owner, done);
    return done;
  }

  async #afterThoseThatCame(owner: Owner, work: () => void): Promise<void> {
    await setImmediate();
    const { error } = await this.#alone(owner, () => void work());
    if (error !== undefined) throw Object.assign(new Error(error.evalue), { name: error.ename });
  }
}
