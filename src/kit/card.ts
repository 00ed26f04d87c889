/** Short cards: what a cell prints of a model, a run or a verdict, in place of its internals. */

/** The name under which Node's `inspect` looks for an object's own text; the symbol is shared, so no import of Node is needed. */
export const inspectSymbol: unique symbol = Symbol.for('nodejs.util.inspect.custom') as typeof inspectSymbol;

const WIDTH = 100;

/** `a, b, c and 4 more`, not longer than a line. */
export function listed(names: readonly string[], width = WIDTH): string {
  const shown: string[] = [];
  let length = 0;
  for (const name of names) {
    length += name.length + 2;
    if (length > width && shown.length > 0) break;
    shown.push(name);
  }
  const more = names.length - shown.length;
  return more === 0 ? shown.join(', ') : `${shown.join(', ')} and ${more} more`;
}

/** Rows of a card: the words in one column, what they say in the next. Rows that say nothing are left out. */
export function card(title: string, rows: readonly (readonly [name: string, says: string])[]): string {
  const told = rows.filter(([, says]) => says !== '');
  const width = Math.max(0, ...told.map(([name]) => name.length));
  return [title, ...told.map(([name, says]) => `  ${name.padEnd(width)}  ${says}`)].join('\n');
}
