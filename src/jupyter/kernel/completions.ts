/** What can stand at a place in a cell: names with their kinds and types, and in a string the strings that the type allows. */
import type * as TS from '@tslab/typescript-for-tslab';
import type { TypeScript } from './cell-scopes.js';
import { cellFile } from './checker-names.js';
import { withoutFiles } from './plain-types.js';

/** TypeScript's own entry; the shim asks for the symbol. */
interface Entry {
  readonly name: string;
  readonly kind: string;
  readonly sortText: string;
  readonly symbol?: TS.Symbol;
}

/** What tslab gives back, as far as it is used. */
export interface TslabCompletions {
  readonly original?: {
    readonly entries?: readonly Entry[];
    /** What a choice replaces, in the cell's text. */
    readonly optionalReplacementSpan?: { readonly start: number; readonly length: number };
  };
}

export interface Completion {
  readonly text: string;
  /** `method`, `property`, `function`, `variable`, `class`, `interface`, `type`, `enum`, `module`, `keyword` or `string`. */
  readonly type: string;
  /** Parameters and result of what can be called, else the type; '' where there is nothing to say. */
  readonly signature: string;
}

export interface Completions {
  readonly start: number;
  readonly end: number;
  readonly all: readonly Completion[];
}

/** More than that nobody reads; a type costs some tenths of a millisecond. */
const TYPED_MAX = 200;
/** A line of the list holds less. */
const SIGNATURE_MAX = 200;

const KINDS: Readonly<Record<string, string>> = {
  getter: 'property',
  setter: 'property',
  accessor: 'property',
  'enum member': 'property',
  'local function': 'function',
  const: 'variable',
  let: 'variable',
  var: 'variable',
  'local var': 'variable',
  parameter: 'variable',
  using: 'variable',
  'await using': 'variable',
  'local class': 'class',
  'type parameter': 'type',
  'primitive type': 'type',
  'external module name': 'module',
};

const DECLARES = [
  'method',
  'property',
  'function',
  'class',
  'interface',
  'type',
  'enum',
  'module',
  'keyword',
  'string',
];

/** The range that a choice replaces: the name or the string around the place. */
function rangeAt(source: string, at: number, { original }: TslabCompletions): { start: number; end: number } {
  const span = original?.optionalReplacementSpan;
  if (span !== undefined && span.start <= at && at <= span.start + span.length)
    return { start: span.start, end: span.start + span.length };
  const before = /[\p{ID_Continue}$]*$/u.exec(source.slice(0, at))?.[0] ?? '';
  const after = /^[\p{ID_Continue}$]*/u.exec(source.slice(at))?.[0] ?? '';
  return { start: at - before.length, end: at + after.length };
}

/** 0: begins with the prefix, 1: but for its case, 2: holds it; undefined: does not. */
function rank(name: string, prefix: string): number | undefined {
  if (name.startsWith(prefix)) return 0;
  const [lower, wanted] = [name.toLowerCase(), prefix.toLowerCase()];
  if (lower.startsWith(wanted)) return 1;
  return lower.includes(wanted) ? 2 : undefined;
}

/** What an imported name stands for, and its kind. */
function meaning(
  ts: TypeScript,
  checker: TS.TypeChecker,
  { symbol, kind }: Entry,
): { symbol?: TS.Symbol; kind: string } {
  if (symbol === undefined || (symbol.flags & ts.SymbolFlags.Alias) === 0)
    return symbol === undefined ? { kind } : { symbol, kind };
  const meant = checker.getAliasedSymbol(symbol);
  const { SymbolFlags } = ts;
  const kinds: readonly (readonly [TS.SymbolFlags, string])[] = [
    // A module may be an object, as node:path is.
    [SymbolFlags.Function | SymbolFlags.Method, 'function'],
    [SymbolFlags.Class, 'class'],
    [SymbolFlags.Variable | SymbolFlags.Property, 'variable'],
    [SymbolFlags.Enum, 'enum'],
    [SymbolFlags.ValueModule, 'module'],
    [SymbolFlags.Interface, 'interface'],
    [SymbolFlags.TypeAlias, 'type'],
    [SymbolFlags.NamespaceModule, 'module'],
  ];
  return { symbol: meant, kind: kinds.find(([flag]) => (meant.flags & flag) !== 0)?.[1] ?? kind };
}

/** Without the type parameters: what stands between the parentheses is what one has to write. */
function withoutTypeParameters(signature: TS.Signature): TS.Signature {
  return Object.create(signature, { typeParameters: { value: undefined } });
}

/** Parameters and result, or the type. Names of types stand without the file that they come from. */
function signatureOf(ts: TypeScript, checker: TS.TypeChecker, file: TS.SourceFile, symbol: TS.Symbol): string {
  if ((symbol.flags & (ts.SymbolFlags.Value & ~ts.SymbolFlags.Class & ~ts.SymbolFlags.ValueModule)) === 0) return '';
  const type = checker.getTypeOfSymbolAtLocation(symbol, file);
  const [first, ...others] = type.getCallSignatures();
  const flags = ts.TypeFormatFlags.UseAliasDefinedOutsideCurrentScope;
  if (first === undefined || type.getProperties().length > 0) return checker.typeToString(type, file, flags);
  const more = others.length === 0 ? '' : ` (+${others.length})`;
  return checker.signatureToString(withoutTypeParameters(first), file, flags) + more;
}

function shortened(signature: string): string {
  const plain = withoutFiles(signature);
  return plain.length > SIGNATURE_MAX ? `${plain.slice(0, SIGNATURE_MAX)}…` : plain;
}

/** @param given tslab's answer, from `program` */
export function completionsIn(
  ts: TypeScript,
  program: TS.Program,
  given: TslabCompletions,
  { source, at }: { readonly source: string; readonly at: number },
): Completions {
  const file = program.getSourceFiles().find(({ fileName }) => fileName.endsWith(cellFile));
  const checker = program.getTypeChecker();
  const range = rangeAt(source, at, given);
  const prefix = source.slice(range.start, at);
  const fitting = (given.original?.entries ?? []).flatMap((entry, order) => {
    const fits = rank(entry.name, prefix);
    return fits === undefined ? [] : [{ entry, order, key: `${fits}${entry.sortText}` }];
  });
  fitting.sort((a, b) => (a.key === b.key ? a.order - b.order : a.key < b.key ? -1 : 1));
  const all = fitting.map(({ entry }, i) => {
    const { symbol, kind } = meaning(ts, checker, entry);
    const type = KINDS[kind] ?? (DECLARES.includes(kind) ? kind : '');
    const isTyped = symbol !== undefined && file !== undefined && i < TYPED_MAX;
    return { text: entry.name, type, signature: isTyped ? shortened(signatureOf(ts, checker, file, symbol)) : '' };
  });
  return { ...range, all };
}

/** The content of Jupyter's complete_reply; kinds and types stand where IPython's are. */
export function completeReply({ start, end, all }: Completions): Record<string, unknown> {
  return {
    status: 'ok',
    cursor_start: start,
    cursor_end: end,
    matches: all.map(({ text }) => text),
    metadata: { _jupyter_types_experimental: all.map(one => ({ start, end, ...one })) },
  };
}
