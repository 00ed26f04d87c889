/**
 * Where a host keeps the reader's progress: a file in the kernel, local storage in the browser. A host sets
 * `globalThis[Symbol.for('put-page.progress')]`; without one, progress lives as long as the process. No Node imports here.
 */
export interface ProgressStore {
  /** The text of the last `save`, by whichever kernel, or undefined. */
  load(): string | undefined;
  save(text: string): void;
}

/** The name under which a host hands over its `ProgressStore`. */
export const progressSymbol: unique symbol = Symbol.for('put-page.progress') as typeof progressSymbol;

const host = globalThis as unknown as Record<symbol, unknown>;

function isStore(value: unknown): value is ProgressStore {
  return typeof value === 'object' && value !== null && 'load' in value && 'save' in value;
}

export function memoryStore(): ProgressStore {
  let kept: string | undefined;
  return {
    load: () => kept,
    save: text => {
      kept = text;
    },
  };
}

const memory = memoryStore();

/** The host's store, asked for anew each time: a host may come after the library was loaded. */
export function progressStore(): ProgressStore {
  const store = host[progressSymbol];
  return isStore(store) ? store : memory;
}
