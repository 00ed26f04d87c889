/** The quiet mark of what rests on something inferred: a star, and one line that says what it means (docs/truth.md). */
import { collected, type Evidence, type Ground, LEVELS, starLine, weakestOf } from '../model/index.js';
import type { Table } from './figure.js';

/** The weakest of these levels; null where there are none. */
export function weakestLevel(...levels: readonly (Evidence | null | undefined)[]): Evidence | null {
  return LEVELS.find(l => levels.includes(l)) ?? null;
}

type Value = string | number | null;

/** A row of a table: its cells, or what makes them; a cell may be made by itself. */
export type KnownRow = () => readonly (Value | (() => Value))[];

/**
 * A table that says of each row (in its cell `at`), and of each cell that is made by itself, how well it is known: by the rules of releases that
 * were asked for meanwhile. Errors: what a row throws.
 */
export function knownTable(columns: readonly string[], rows: readonly KnownRow[], at = 0): Table {
  const all: Ground[] = [];
  const made = rows.map(row => {
    const { made: cells, grounds } = collected(row);
    all.push(...grounds);
    return cells.map((cell, i): readonly [Value, Evidence | null] => {
      if (typeof cell !== 'function') return [cell, i === at ? weakestOf(grounds) : null];
      const own = collected(cell);
      all.push(...own.grounds);
      return [own.made, weakestOf(own.grounds)];
    });
  });
  return {
    columns,
    rows: made.map(cells => cells.map(([value]) => value)),
    levels: made.map(cells => cells.map(([, level]) => level)),
    note: starLine(all),
  };
}
