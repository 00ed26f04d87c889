/** What the type checker knows of the names in a cell and before it. */
import type * as TS from '@tslab/typescript-for-tslab';
import type { TypeScript } from './cell-scopes.js';

/** What the checker knows of the names in a cell. */
export interface CellNames {
  /** Variables of earlier cells. */
  readonly earlier: ReadonlySet<string>;
  /** Declarations of every `var` inside of a loop or a block, which TypeScript leaves out of what it declares. */
  readonly inner: string;
}

/** Filled by TypeScript's binder. */
export interface Locals {
  readonly locals?: Map<string, TS.Symbol>;
}

/** Where tslab keeps the cell and the declarations of earlier cells. */
export const cellFile = '/__tslab__.ts';
export const earlierFile = '/__prev__.d.ts';

/** The names that stand for values, among those that earlier cells declared. */
export function earlierValues(ts: TypeScript, program: TS.Program): ReadonlySet<string> {
  const file = program.getSourceFiles().find(({ fileName }) => fileName.endsWith(earlierFile));
  const checker = program.getTypeChecker();
  const isValue = (symbol: TS.Symbol): boolean => {
    const meant = (symbol.flags & ts.SymbolFlags.Alias) !== 0 ? checker.getAliasedSymbol(symbol) : symbol;
    return (meant.flags & ts.SymbolFlags.Value) !== 0;
  };
  const locals = (file as Locals | undefined)?.locals ?? new Map<string, TS.Symbol>();
  return new Set([...locals].filter(([, symbol]) => isValue(symbol)).map(([name]) => name));
}

export function innerVars(ts: TypeScript, program: TS.Program): string {
  const file = program.getSourceFiles().find(({ fileName }) => fileName.endsWith(cellFile));
  const checker = program.getTypeChecker();
  const isInner = ({ valueDeclaration: declared }: TS.Symbol): boolean => {
    let at: TS.Node | undefined = declared;
    while (
      at !== undefined &&
      (ts.isBindingElement(at) || ts.isObjectBindingPattern(at) || ts.isArrayBindingPattern(at))
    )
      at = at.parent;
    if (at === undefined || !ts.isVariableDeclaration(at)) return false;
    const statement = at.parent.parent;
    return !ts.isVariableStatement(statement) || !ts.isSourceFile(statement.parent);
  };
  return [...((file as Locals | undefined)?.locals?.values() ?? [])]
    .filter(isInner)
    .map(symbol => {
      const type = checker.typeToString(checker.getTypeOfSymbol(symbol), undefined, ts.TypeFormatFlags.NoTruncation);
      return `declare var ${symbol.name}: ${type};\n`;
    })
    .join('');
}

/** The cell, and the sources that it imports, and that they import; what a declaration file imports is a library's. */
export function ownSources(ts: TypeScript, program: TS.Program, cell: TS.SourceFile): string[] {
  const checker = program.getTypeChecker();
  const found = new Set<TS.SourceFile>([cell]);
  for (const file of found) {
    const { imports = [] } = file as { readonly imports?: readonly TS.StringLiteralLike[] };
    for (const name of imports)
      for (const declared of checker.getSymbolAtLocation(name)?.declarations ?? [])
        if (ts.isSourceFile(declared) && !declared.isDeclarationFile) found.add(declared);
  }
  return [...found].map(({ fileName }) => fileName);
}
