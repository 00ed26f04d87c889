/**
 * Where the variables of cells live while the kernel runs. Each name has one box, whichever cell declares it, and
 * however often: so a function sees what the variable holds now, not what it held when its own cell ended.
 */

/** One variable. Compiled cells read and write `v`. */
export interface Box {
  v: unknown;
}

export class CellVariables {
  readonly #boxes = new Map<string, Box>();
  /** Names that a function in some cell uses: such a function may run at any time, so these are never copied. */
  readonly captured = new Set<string>();

  box(name: string): Box {
    const known = this.#boxes.get(name);
    if (known !== undefined) return known;
    const fresh: Box = { v: undefined };
    this.#boxes.set(name, fresh);
    return fresh;
  }
}
