/** A value as Node prints it, for the browser's kernel: what notebooks print, not every corner of `util.inspect`. */

const custom = Symbol.for('nodejs.util.inspect.custom');
/** A line, and how much of it Node fills before it breaks one. */
const LINE = 80;
const WIDE = LINE - 10;
/** Deeper objects are named only. */
const DEEP = 2;
const MOST_ITEMS = 100;

const quoted = (text: string): string => {
  const quote = !text.includes("'") ? "'" : !text.includes('"') ? '"' : '`';
  return quote + text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('\t', '\\t') + quote;
};

const key = (name: string): string => (/^[A-Za-z_$][\w$]*$/.test(name) ? name : quoted(name));

function primitive(value: unknown): string | undefined {
  if (typeof value === 'string') return quoted(value);
  if (typeof value === 'bigint') return `${value}n`;
  if (Object.is(value, -0)) return '-0';
  return value === null || (typeof value !== 'object' && typeof value !== 'function') ? String(value) : undefined;
}

const named = (value: object): string => {
  const name: unknown = Object.getPrototypeOf(value)?.constructor?.name;
  return typeof name === 'string' && name !== 'Object' ? name : '';
};

/** What stands between the brackets, and the brackets. */
function parts(value: object, depth: number, seen: readonly object[]): readonly [string, string, readonly string[]] {
  const inner = (one: unknown): string => inspected(one, depth + 1, [...seen, value]);
  if (Array.isArray(value) || ArrayBuffer.isView(value)) {
    const items = Array.from(value as unknown as ArrayLike<unknown>);
    const more = items.length > MOST_ITEMS ? [`... ${items.length - MOST_ITEMS} more items`] : [];
    const name = Array.isArray(value) ? '' : `${named(value)}(${items.length}) `;
    return [`${name}[`, ']', [...items.slice(0, MOST_ITEMS).map(inner), ...more]];
  }
  if (value instanceof Map)
    return [`Map(${value.size}) {`, '}', [...value].map(([k, v]) => `${inner(k)} => ${inner(v)}`)];
  if (value instanceof Set) return [`Set(${value.size}) {`, '}', [...value].map(inner)];
  const name = named(value);
  const fields = Object.entries(value).map(([k, v]) => `${key(k)}: ${inner(v)}`);
  return [`${name === '' ? '' : `${name} `}{`, '}', fields];
}

/** How many columns Node takes for so many items; 1: a line each. */
function columnsFor(lengths: readonly number[], indent: number): number {
  const longest = Math.max(...lengths) + 2;
  const total = lengths.reduce((sum, length) => sum + length + 2, 0);
  if (longest * 3 + indent >= LINE || !(total / longest > 5 || longest <= 8)) return 1;
  const biased = Math.max(longest - 3 - Math.sqrt(longest - total / lengths.length), 1);
  const square = Math.round(Math.sqrt(2.5 * biased * lengths.length) / biased);
  return Math.min(square, Math.floor((LINE - indent) / longest), 12);
}

/** Many short items of an array stand in columns, numbers to the right. */
function inColumns(items: readonly string[], numbers: boolean, indent: number): readonly string[] {
  if (items.length <= 6) return items;
  const columns = columnsFor(
    items.map(item => item.length),
    indent,
  );
  if (columns <= 1) return items;
  const widths = Array.from({ length: columns }, (_, c) =>
    Math.max(...items.filter((_, i) => i % columns === c).map(item => item.length)),
  );
  const rows = Array.from({ length: Math.ceil(items.length / columns) }, (_, r) =>
    items.slice(r * columns, (r + 1) * columns),
  );
  return rows.map(row =>
    row
      .map((item, c) => {
        const last = c === row.length - 1;
        const width = widths[c] ?? 0;
        if (numbers) return (last ? item : `${item}, `).padStart(last ? width : width + 2);
        return last ? item : `${item}, `.padEnd(width + 2);
      })
      .join(''),
  );
}

export function inspected(value: unknown, depth = 0, seen: readonly object[] = []): string {
  const plain = primitive(value);
  if (plain !== undefined) return plain;
  if (typeof value === 'function') return value.name === '' ? '[Function (anonymous)]' : `[Function: ${value.name}]`;
  const object = value as object & { readonly [custom]?: unknown };
  const own = object[custom];
  if (typeof own === 'function') return String(own.call(object));
  if (object instanceof Error) return object.stack ?? String(object);
  if (seen.includes(object)) return '[Circular *1]';
  if (depth > DEEP) return Array.isArray(object) ? '[Array]' : `[${named(object) || 'Object'}]`;
  const [open, close, items] = parts(object, depth, seen);
  if (items.length === 0) return `${open}${close}`;
  const indent = 2 * depth;
  const numbers = Array.isArray(object) && object.every(one => typeof one === 'number' || typeof one === 'bigint');
  const set = Array.isArray(object) ? inColumns(items, numbers, indent) : items;
  const length = set.reduce((sum, item) => sum + item.length + 2, open.length + indent);
  const flat = set === items && length <= WIDE && !set.some(item => item.includes('\n'));
  if (flat) return `${open} ${set.join(', ')} ${close}`;
  return `${open}\n${set.map(item => `  ${item.replaceAll('\n', '\n  ')}`).join(',\n')}\n${close}`;
}

/** What `console.log` prints. */
export const printed = (values: readonly unknown[]): string =>
  values.map(value => (typeof value === 'string' ? value : inspected(value))).join(' ');
