/** Which notebook has which kernel, so that a reloaded page finds its variables again. */
import { randomUUID } from 'node:crypto';
import type { Json } from '../store/notebook-json.js';
import type { KernelPool } from './pool.js';

interface Session {
  readonly id: string;
  /** JupyterLab starts a session under a made-up path and gives it the notebook's path afterwards. */
  path: string;
  /** The notebook's file name, from the first moment. */
  name: string;
  kernel: string;
}

export class Sessions {
  readonly #kernels: KernelPool;
  readonly #sessions = new Map<string, Session>();
  /** Kernels on their way, by notebook: whoever opens it meanwhile gets the same. */
  readonly #starting = new Map<string, Promise<string>>();
  /** Kernels that take the place of a dead one, by its id. */
  readonly #replacing = new Map<string, Promise<string>>();

  constructor(kernels: KernelPool) {
    this.#kernels = kernels;
  }

  /** Whether the notebook at this path has a kernel. */
  running(path: string): boolean {
    return this.#live().some(session => session.path === path);
  }

  /** Sessions in the form of the Jupyter server API. */
  list(): readonly Json[] {
    return this.#live().map(session => this.#model(session));
  }

  get(id: string): Json | undefined {
    const session = this.#live().find(candidate => candidate.id === id);
    return session === undefined ? undefined : this.#model(session);
  }

  /**
   * The session of this path; made when there is none. A notebook has one kernel, however many pages open it at once:
   * those that ask under a made-up path get sessions of their own, for JupyterLab insists on that, and the same
   * kernel.
   */
  async open(path: string, name: string): Promise<Json> {
    const old = this.#live().find(session => session.path === path);
    if (old !== undefined) return this.#model(old);
    const session = { id: randomUUID(), path, name, kernel: await this.#kernelOf(name) };
    this.#sessions.set(session.id, session);
    return this.#model(session);
  }

  rename(id: string, path: string, name: string): void {
    const session = this.#sessions.get(id);
    if (session !== undefined) Object.assign(session, { path, name });
  }

  /** The notebook at a path got another name: its kernel goes on with it. */
  moved(from: string, to: string, name: string): void {
    for (const session of this.#live()) if (session.path === from) Object.assign(session, { path: to, name });
  }

  /** The notebook at a path is gone: so is its kernel. */
  async endAt(path: string): Promise<void> {
    for (const session of this.#live()) if (session.path === path) await this.end(session.id);
  }

  /** Gives a session, and those that share its kernel, another kernel. */
  async replaceKernel(id: string): Promise<void> {
    const old = this.#sessions.get(id)?.kernel;
    if (old === undefined) return;
    const replacing = this.#replacing.get(old) ?? this.#replace(old);
    this.#replacing.set(old, replacing);
    await replacing.finally(() => this.#replacing.delete(old));
  }

  /** The kernel ends with the last of its sessions. */
  async end(id: string): Promise<void> {
    const session = this.#sessions.get(id);
    this.#sessions.delete(id);
    if (session === undefined || this.#live().some(other => other.kernel === session.kernel)) return;
    await this.#kernels.end(session.kernel);
  }

  async #kernelOf(name: string): Promise<string> {
    const session = this.#live().find(candidate => candidate.name === name);
    if (session !== undefined) return session.kernel;
    const starting = this.#starting.get(name) ?? this.#kernels.take().then(kernel => kernel.id);
    this.#starting.set(name, starting);
    return starting.finally(() => this.#starting.delete(name));
  }

  async #replace(old: string): Promise<string> {
    const { id } = await this.#kernels.take();
    for (const session of this.#sessions.values()) if (session.kernel === old) session.kernel = id;
    await this.#kernels.end(old);
    return id;
  }

  /** Sessions whose kernel was ended are forgotten. */
  #live(): Session[] {
    for (const { id, kernel } of [...this.#sessions.values()])
      if (this.#kernels.get(kernel) === undefined) this.#sessions.delete(id);
    return [...this.#sessions.values()];
  }

  #model({ id, path, name, kernel }: Session): Json {
    return { id, path, name, type: 'notebook', kernel: this.#kernels.get(kernel)?.model ?? null };
  }
}
