/** All comms of a kernel: who opened which, and to whom a message goes. It knows no socket and no cell. */
import type { Comm, CommHost, CommMessage, Json } from './host.js';

/** How a message leaves, to all front ends. */
export type Publish = (type: string, content: Json, more: Pick<CommMessage, 'metadata' | 'buffers'>) => void;

/** A message as it came. */
export interface Incoming {
  readonly type: string;
  readonly content: Json;
  readonly metadata: Json;
  readonly buffers: readonly Uint8Array[];
}

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const none: Json = {};

function messageOf({ content, metadata, buffers }: Incoming): CommMessage {
  return { data: isObject(content.data) ? content.data : none, metadata, buffers };
}

class Line implements Comm {
  readonly id: string;
  readonly target: string;
  onMessage: Comm['onMessage'];
  onClose: Comm['onClose'];
  readonly #publish: Publish;
  readonly #forget: (line: Line) => boolean;

  constructor(id: string, target: string, publish: Publish, forget: (line: Line) => boolean) {
    this.id = id;
    this.target = target;
    this.#publish = publish;
    this.#forget = forget;
  }

  send(data: Json, { metadata = none, buffers = [] }: Partial<CommMessage> = {}): void {
    this.#publish('comm_msg', { comm_id: this.id, data }, { metadata, buffers });
  }

  close(): void {
    if (this.#forget(this))
      this.#publish('comm_close', { comm_id: this.id, data: {} }, { metadata: none, buffers: [] });
  }
}

export class Comms implements Omit<CommHost, 'later'> {
  readonly #publish: Publish;
  readonly #makeId: () => string;
  readonly #lines = new Map<string, Line>();
  readonly #targets = new Map<string, (comm: Comm, message: CommMessage) => unknown>();
  /** By cell: what its last run opened. */
  readonly #ofCell = new Map<string, Set<Line>>();
  #cell: string | undefined;

  /** @param makeId an id that no comm has had */
  constructor(publish: Publish, makeId: () => string) {
    this.#publish = publish;
    this.#makeId = makeId;
  }

  newId(): string {
    return this.#makeId();
  }

  register(target: string, opened: (comm: Comm, message: CommMessage) => unknown): void {
    this.#targets.set(target, opened);
  }

  open(
    target: string,
    { id = this.newId(), data = none, metadata = none, buffers = [] }: Partial<CommMessage> & { readonly id?: string },
  ): Comm {
    const line = this.#add(id, target);
    if (this.#cell !== undefined) this.#ofCell.get(this.#cell)?.add(line);
    this.#publish('comm_open', { comm_id: id, target_name: target, data }, { metadata, buffers });
    return line;
  }

  #add(id: string, target: string): Line {
    if (this.#lines.has(id)) throw new Error(`a comm with the id ${id} is open`);
    const line = new Line(id, target, this.#publish, gone => this.#forget(gone));
    this.#lines.set(id, line);
    return line;
  }

  #forget(line: Line): boolean {
    for (const lines of this.#ofCell.values()) lines.delete(line);
    return this.#lines.get(line.id) === line && this.#lines.delete(line.id);
  }

  /** A cell begins: what an earlier run of it opened is closed, for its outputs are gone. `cell`: undefined where the front end does not say. */
  beginCell(cell: string | undefined): void {
    this.#cell = cell;
    if (cell === undefined) return;
    for (const line of [...(this.#ofCell.get(cell) ?? [])]) {
      line.close();
      line.onClose?.();
    }
    this.#ofCell.set(cell, new Set());
  }

  /** The cell has ended: what is opened now belongs to none. */
  endCell(): void {
    const { size } = (this.#cell === undefined ? undefined : this.#ofCell.get(this.#cell)) ?? { size: 1 };
    if (size === 0 && this.#cell !== undefined) this.#ofCell.delete(this.#cell);
    this.#cell = undefined;
  }

  /** The content of a comm_info_reply. */
  info({ target_name: wanted }: Json): Json {
    const lines = [...this.#lines.values()].filter(line => wanted === undefined || line.target === wanted);
    return { status: 'ok', comms: Object.fromEntries(lines.map(line => [line.id, { target_name: line.target }])) };
  }

  /** Takes a comm_open, comm_msg or comm_close, and gives what its handler gives. Errors: what the handler throws. */
  take(incoming: Incoming): unknown {
    const { comm_id: id, target_name: target } = incoming.content;
    if (typeof id !== 'string') throw new TypeError(`a ${incoming.type} needs the text comm_id`);
    if (incoming.type === 'comm_open') return this.#opened(id, target, incoming);
    const line = this.#lines.get(id);
    if (incoming.type === 'comm_msg') {
      // A page that still holds a comm of a kernel that is gone hears that it is closed.
      if (line === undefined) this.#refuse(id);
      return line?.onMessage?.(messageOf(incoming));
    }
    if (line === undefined) return undefined;
    this.#forget(line);
    return line.onClose?.();
  }

  #refuse(id: string): void {
    this.#publish('comm_close', { comm_id: id, data: {} }, { metadata: none, buffers: [] });
  }

  /** The specification: whoever does not know the target answers with a comm_close at once. */
  #opened(id: string, target: unknown, incoming: Incoming): unknown {
    if (this.#lines.has(id)) throw new Error(`a comm with the id ${id} is open`);
    const handler = typeof target === 'string' ? this.#targets.get(target) : undefined;
    if (handler === undefined || typeof target !== 'string') {
      this.#refuse(id);
      return undefined;
    }
    const line = this.#add(id, target);
    try {
      return handler(line, messageOf(incoming));
    } catch (error) {
      line.close();
      throw error;
    }
  }
}
