/**
 * The seam between the library and whoever carries messages to and from a front end: a comm is a line to one object of the page (Jupyter
 * messaging, "Custom Messages"). A host sets `globalThis[Symbol.for('put-page.comms')]`; without one there are no lines. No Node imports here.
 */
export type Json = Readonly<Record<string, unknown>>;

/** What is sent over a comm. */
export interface CommMessage {
  readonly data: Json;
  readonly metadata: Json;
  readonly buffers: readonly Uint8Array[];
}

export interface Comm {
  readonly id: string;
  readonly target: string;
  /** What the front end says. Its outputs belong to that message; what it throws is told on stderr. */
  onMessage: ((message: CommMessage) => unknown) | undefined;
  /** It is gone, and `close` was not called: the front end closed it, or its cell runs again. */
  onClose: (() => void) | undefined;
  send(data: Json, more?: Partial<CommMessage>): void;
  /** Tells the front ends that it is gone. A second call does nothing. */
  close(): void;
}

export interface CommHost {
  /** A new line, opened from this side. The id is the same when the same cells run again in a new kernel. */
  open(target: string, message: Partial<CommMessage> & { readonly id?: string }): Comm;
  /** An id for `open`, for whoever needs it before. */
  newId(): string;
  /** A front end may open lines to `target`; the handler is called with each. */
  register(target: string, opened: (comm: Comm, message: CommMessage) => unknown): void;
  /**
   * Does work of a handler when the messages that have already come are done, alone as a cell is. It resolves when the work has returned, without
   * waiting for a promise that the work gave. A handler must not give this promise back, for the work would wait for the handler. Errors: what the work throws; an Error when an interrupt ended it.
   */
  later(work: () => void): Promise<void>;
}

/** The name under which a host hands over its `CommHost`. */
export const commsSymbol: unique symbol = Symbol.for('put-page.comms') as typeof commsSymbol;

const host = globalThis as unknown as Record<symbol, unknown>;

const isHost = (value: unknown): value is CommHost => typeof value === 'object' && value !== null && 'later' in value;

/** The host, asked for anew each time: it may come after the library was loaded. Undefined where there is none. */
export function commHost(): CommHost | undefined {
  const found = host[commsSymbol];
  return isHost(found) ? found : undefined;
}
