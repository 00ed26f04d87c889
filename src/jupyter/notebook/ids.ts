/**
 * Cell ids that last: a cell that was edited or moved keeps its id, so that a diff of two notebooks shows what was edited.
 * Nothing random: a new cell's id comes from its source.
 */
import { createHash } from 'node:crypto';
import type { Cell, CellType } from './document.js';

export interface KnownCell {
  readonly type: CellType;
  readonly source: string;
  readonly id: string;
}

/** Below this likeness two cells are different cells. */
const alikeMin = 0.35;

function words(source: string): Map<string, number> {
  const counts = new Map<string, number>();
  for (const word of source.split(/\W+/)) if (word !== '') counts.set(word, (counts.get(word) ?? 0) + 1);
  return counts;
}

/** Dice coefficient over words: 0 nothing in common, 1 the same words. */
export function likeness(a: string, b: string): number {
  const left = words(a);
  const right = words(b);
  let common = 0;
  for (const [word, count] of left) common += Math.min(count, right.get(word) ?? 0);
  const sum = (counts: Map<string, number>): number => [...counts.values()].reduce((x, y) => x + y, 0);
  const total = sum(left) + sum(right);
  return total === 0 ? 0 : (2 * common) / total;
}

/** Which cell is which known cell, built up from the surest evidence to the weakest. */
class Pairing {
  readonly pairs = new Map<number, number>();
  readonly #used = new Set<number>();
  readonly #cells: readonly Cell[];
  readonly #known: readonly KnownCell[];

  constructor(cells: readonly Cell[], known: readonly KnownCell[]) {
    this.#cells = cells;
    this.#known = known;
  }

  #fits(i: number, j: number): boolean {
    const cell = this.#cells[i];
    const other = this.#known[j];
    // A cell with an id of its own is that cell or a new one.
    if (cell === undefined || other === undefined || (cell.id !== undefined && cell.id !== other.id)) return false;
    return !this.pairs.has(i) && !this.#used.has(j) && cell.type === other.type;
  }

  #pair(i: number, j: number): void {
    if (!this.#fits(i, j)) return;
    this.pairs.set(i, j);
    this.#used.add(j);
  }

  byId(): void {
    this.#cells.forEach((cell, i) => {
      if (cell.id === undefined) return;
      const j = this.#known.findIndex(other => other.id === cell.id);
      this.#pair(i, j);
    });
  }

  bySource(): void {
    this.#cells.forEach((cell, i) => {
      const j = this.#known.findIndex((other, at) => this.#fits(i, at) && other.source === cell.source);
      this.#pair(i, j);
    });
  }

  /** The most alike first; of equals the one that moved least. */
  byLikeness(): void {
    const candidates: { i: number; j: number; alike: number }[] = [];
    this.#cells.forEach((cell, i) => {
      this.#known.forEach((other, j) => {
        if (!this.#fits(i, j)) return;
        const alike = likeness(cell.source, other.source);
        if (alike >= alikeMin) candidates.push({ i, j, alike });
      });
    });
    candidates.sort((a, b) => b.alike - a.alike || Math.abs(a.i - a.j) - Math.abs(b.i - b.j) || a.i - b.i);
    for (const { i, j } of candidates) this.#pair(i, j);
  }

  /** A cell that was rewritten stands where the old one stood: right after the same cell. */
  byPlace(): void {
    this.#cells.forEach((_, i) => {
      const before = i === 0 ? -1 : this.pairs.get(i - 1);
      if (before !== undefined) this.#pair(i, before + 1);
    });
  }
}

function freshId(cell: Cell, taken: ReadonlySet<string>): string {
  for (let round = 0; ; round++) {
    const id = createHash('sha1').update(`${cell.type}\n${round}\n${cell.source}`).digest('hex').slice(0, 8);
    if (!taken.has(id)) return id;
  }
}

/** For each cell its id, and which known cell (index) it is. An id in the marker comes first. */
export function assignIds(
  cells: readonly Cell[],
  known: readonly KnownCell[],
): readonly { readonly id: string; readonly known: number | undefined }[] {
  const pairing = new Pairing(cells, known);
  pairing.byId();
  pairing.bySource();
  pairing.byLikeness();
  pairing.byPlace();
  const taken = new Set(cells.flatMap(cell => cell.id ?? []));
  for (const j of pairing.pairs.values()) taken.add(known[j]?.id ?? '');
  return cells.map((cell, i) => {
    const j = pairing.pairs.get(i);
    const id = cell.id ?? (j === undefined ? undefined : known[j]?.id) ?? freshId(cell, taken);
    taken.add(id);
    return { id, known: j };
  });
}
