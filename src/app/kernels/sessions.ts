/** Which notebook has which kernel, so that a reloaded page finds its variables again. */
import { randomUUID } from 'node:crypto';
import type { Json } from '../store/notebook-json.js';
import type { KernelPool } from './pool.js';

interface Session {
  readonly id: string;
  /** JupyterLab starts a session under a made-up path and gives it the notebook's path afterwards. */
  path: string;
  name: string;
  kernel: string;
}

export class Sessions {
  readonly #kernels: KernelPool;
  readonly #sessions = new Map<string, Session>();
  readonly #starting = new Map<string, Promise<Session>>();

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

  /** The session of this path; made when there is none. Two pages that ask at once get the same. */
  async open(path: string, name: string): Promise<Json> {
    const old = this.#live().find(session => session.path === path);
    if (old !== undefined) return this.#model(old);
    const starting = this.#starting.get(path) ?? this.#start(path, name);
    this.#starting.set(path, starting);
    return this.#model(await starting.finally(() => this.#starting.delete(path)));
  }

  rename(id: string, path: string, name: string): void {
    const session = this.#sessions.get(id);
    if (session !== undefined) Object.assign(session, { path, name });
  }

  /** Gives a session whose kernel has died another one. */
  async replaceKernel(id: string): Promise<void> {
    const session = this.#sessions.get(id);
    if (session === undefined) return;
    const dead = session.kernel;
    session.kernel = (await this.#kernels.take()).id;
    await this.#kernels.end(dead);
  }

  async end(id: string): Promise<void> {
    const session = this.#sessions.get(id);
    this.#sessions.delete(id);
    if (session !== undefined) await this.#kernels.end(session.kernel);
  }

  async #start(path: string, name: string): Promise<Session> {
    const kernel = await this.#kernels.take();
    const session = { id: randomUUID(), path, name, kernel: kernel.id };
    this.#sessions.set(session.id, session);
    return session;
  }

  #live(): Session[] {
    return [...this.#sessions.values()].filter(session => this.#kernels.get(session.kernel) !== undefined);
  }

  #model({ id, path, name, kernel }: Session): Json {
    return { id, path, name, type: 'notebook', kernel: this.#kernels.get(kernel)?.model ?? null };
  }
}
