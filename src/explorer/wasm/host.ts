/** The part of the host's WebAssembly that we use, typed here: Node's own types do not have it, and pages' types are not for the library. */

export interface WasmMemory {
  readonly buffer: ArrayBuffer;
  grow(pages: number): number;
}

export interface WasmGlobal {
  value: number | bigint;
}

interface Host {
  readonly Memory: new (how: {
    readonly initial: number;
    readonly maximum: number;
    readonly shared?: boolean;
  }) => WasmMemory;
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object, imports: object) => { readonly exports: unknown };
}

/** Errors: where WebAssembly is missing or forbidden by a page's policy. */
export function host(): Host {
  const found = (globalThis as unknown as { WebAssembly?: Host }).WebAssembly;
  if (found === undefined) throw new Error('there is no WebAssembly here; use the engine "js"');
  return found;
}
