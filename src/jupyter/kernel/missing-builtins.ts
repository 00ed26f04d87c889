/** What the kernel changes in JavaScript's own objects, for all cells. */

type Key<T> = (item: T, index: number) => PropertyKey;

function define(owner: object, name: string, value: unknown): void {
  Object.defineProperty(owner, name, { value, writable: true, configurable: true });
}

function add(owner: object, name: string, value: unknown): void {
  if (!(name in owner)) define(owner, name, value);
}

function groups<T, K>(items: Iterable<T>, keyOf: (item: T, index: number) => K): Map<K, T[]> {
  const found = new Map<K, T[]>();
  let index = 0;
  for (const item of items) {
    const key = keyOf(item, index++);
    const group = found.get(key);
    if (group === undefined) found.set(key, [item]);
    else group.push(item);
  }
  return found;
}

/**
 * What the types of ES2024 promise and Node 20 has not: a cell that the checker lets pass has to run. Nothing is replaced
 * that is there.
 */
export function addMissingBuiltins(): void {
  add(Object, 'groupBy', function groupBy<T>(items: Iterable<T>, keyOf: Key<T>): object {
    const found = groups(items, (item, index) => {
      const key = keyOf(item, index);
      return typeof key === 'symbol' ? key : String(key);
    });
    return Object.assign(Object.create(null), Object.fromEntries(found));
  });
  add(Map, 'groupBy', groups);
  add(Promise, 'withResolvers', function withResolvers<T>(this: PromiseConstructor): object {
    let resolve: unknown;
    let reject: unknown;
    const promise = new this<T>((yes, no) => {
      resolve = yes;
      reject = no;
    });
    return { promise, resolve, reject };
  });
  add(ArrayBuffer.prototype, 'transfer', function transfer(this: ArrayBuffer, length = this.byteLength) {
    const whole = structuredClone(this, { transfer: [this] });
    if (length === whole.byteLength) return whole;
    const resized = new Uint8Array(length);
    resized.set(new Uint8Array(whole, 0, Math.min(length, whole.byteLength)));
    return resized.buffer;
  });
}

/** A function of a cell is printed as the reader wrote it. */
export function showReaderText(readerText: (text: string) => string): void {
  const original = Function.prototype.toString;
  // A method, so that it has no `prototype`, as the original has none.
  const method = {
    toString(this: unknown): string {
      return readerText(original.call(this));
    },
  };
  define(Function.prototype, 'toString', method.toString);
}
