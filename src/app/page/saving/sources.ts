/**
 * What a reader has written in a notebook: the sources of its cells, without outputs. Two versions of them are compared
 * and brought together here; nothing in this file knows a browser.
 */

export interface CellSource {
  readonly id: string;
  readonly cell_type: string;
  readonly source: string;
}

export type Sources = readonly CellSource[];

/** The part of nbformat's cell that this file looks at. */
export interface NotebookCells {
  readonly cells: readonly {
    readonly id?: string;
    readonly cell_type: string;
    readonly source: string | readonly string[];
  }[];
}

/** The sources in the order of the cells; a cell without an id gets its place as one. */
export function sourcesOf({ cells }: NotebookCells): Sources {
  return cells.map(({ id, cell_type, source }, i) => ({
    id: id ?? `cell ${i}`,
    cell_type,
    source: typeof source === 'string' ? source : source.join(''),
  }));
}

/** The same kinds and texts in the same order. Ids do not count: a notebook that was written anew may have others. */
export function sameSources(a: Sources, b: Sources): boolean {
  return a.length === b.length && a.every((cell, i) => sameCell(cell, b[i]));
}

function sameCell(a: CellSource | undefined, b: CellSource | undefined): boolean {
  return a?.cell_type === b?.cell_type && a?.source === b?.source;
}

/** A cell that stands differently in two versions; undefined where one of them does not have it. */
export interface Difference {
  readonly id: string;
  readonly mine: CellSource | undefined;
  readonly theirs: CellSource | undefined;
}

/** The cells in which two versions differ, in the order of mine, then those that only theirs has. */
export function differences(mine: Sources, theirs: Sources): readonly Difference[] {
  const other = byId(theirs);
  const own = byId(mine);
  const changed = mine
    .map(cell => ({ id: cell.id, mine: cell, theirs: other.get(cell.id) }))
    .filter(({ mine, theirs }) => !sameCell(mine, theirs));
  const added = theirs.filter(cell => !own.has(cell.id)).map(cell => ({ id: cell.id, mine: undefined, theirs: cell }));
  return [...changed, ...added];
}

/**
 * Both versions' edits in one, or null where that would be a guess: when both changed the same cell, or when one of them
 * added, removed or moved cells.
 * @param base what both started from
 */
export function merge(base: Sources, mine: Sources, theirs: Sources): Sources | null {
  const ids = (sources: Sources): string => sources.map(cell => cell.id).join('\n');
  if (ids(base) !== ids(mine) || ids(base) !== ids(theirs)) return null;
  const merged: CellSource[] = [];
  for (const [i, old] of base.entries()) {
    const [own, other] = [mine[i], theirs[i]];
    if (own === undefined || other === undefined) return null;
    const touched = !sameCell(old, own);
    if (touched && !sameCell(old, other) && !sameCell(own, other)) return null;
    merged.push(touched ? own : other);
  }
  return merged;
}

/**
 * Both versions one under the other: where they differ, my cell and then theirs as a cell of its own.
 * @param newId makes the id of such a cell
 */
export function keepBoth(mine: Sources, theirs: Sources, newId: () => string): Sources {
  const open = new Map(differences(mine, theirs).map(difference => [difference.id, difference.theirs]));
  const kept = mine.flatMap(cell => {
    const other = open.get(cell.id);
    open.delete(cell.id);
    return other === undefined ? [cell] : [cell, { ...other, id: newId() }];
  });
  return [...kept, ...[...open.values()].filter(cell => cell !== undefined)];
}

function byId(sources: Sources): ReadonlyMap<string, CellSource> {
  return new Map(sources.map(cell => [cell.id, cell]));
}
