/** The names of a cell's top level: what it declares, what it imports, and which variable a name in it stands for. */
import type * as TS from '@tslab/typescript-for-tslab';
import { closureAround, isReference, namesIn, scopeOf, type TypeScript } from './cell-scopes.js';

/** One use of a variable of the top level. */
export interface Use {
  readonly node: TS.Identifier;
  readonly own: boolean;
  readonly closure: TS.Node | undefined;
}

export class TopLevelNames {
  readonly #ts: TypeScript;
  readonly #file: TS.SourceFile;
  readonly #earlier: ReadonlySet<string>;
  readonly #own = new Set<string>();
  /** Where the declaration of an own `let`, `const` or class ends. */
  readonly #declared = new Map<string, number>();
  /** Names of variables that functions of this cell use. */
  readonly captured = new Set<string>();

  /** @param earlier variables of earlier cells */
  constructor(ts: TypeScript, file: TS.SourceFile, earlier: ReadonlySet<string>) {
    this.#ts = ts;
    this.#file = file;
    this.#earlier = earlier;
    this.#findOwn();
    this.#findCaptured(file);
  }

  /** Where an own `let`, `const` or class is there; undefined for every other name. */
  declaredAt(name: string): number | undefined {
    return this.#declared.get(name);
  }

  /** What this name stands for here; undefined: no variable of the top level of this or an earlier cell. */
  use(node: TS.Identifier): Use | undefined {
    const ts = this.#ts;
    const name = node.text;
    const own = this.#own.has(name);
    if ((!own && !this.#earlier.has(name)) || !isReference(ts, node)) return undefined;
    const scope = scopeOf(ts, node, name);
    if (scope !== undefined && (scope !== this.#file || !own)) return undefined;
    return { node, own: scope !== undefined, closure: closureAround(ts, node) };
  }

  /** The name of a function or class that the cell declares at its top level. */
  topLevelName(node: TS.Node): string | undefined {
    const ts = this.#ts;
    if (!ts.isSourceFile(node.parent) || !(ts.isFunctionDeclaration(node) || ts.isClassDeclaration(node)))
      return undefined;
    const name = node.name?.text;
    return name !== undefined && this.#own.has(name) ? name : undefined;
  }

  /** Whether a function around this place is there before the cell's first line runs. */
  isHoisted(closure: TS.Node): boolean {
    const ts = this.#ts;
    for (let at: TS.Node = closure; at !== this.#file; at = at.parent) {
      if (ts.isFunctionDeclaration(at) && ts.isSourceFile(at.parent)) return true;
    }
    return false;
  }

  /** The names of the top level that a declaration declares. */
  ownNames(node: TS.VariableDeclaration): string[] {
    return namesIn(this.#ts, node.name).filter(
      name => this.#own.has(name) && scopeOf(this.#ts, node, name) === this.#file,
    );
  }

  /** From the name in the cell to the name in the module. */
  imported({ importClause }: TS.ImportDeclaration): Map<string, string> {
    const ts = this.#ts;
    const names = new Map<string, string>();
    const { name, namedBindings } = importClause ?? {};
    if (name !== undefined) names.set(name.text, 'default');
    if (namedBindings !== undefined && ts.isNamespaceImport(namedBindings)) names.set(namedBindings.name.text, '*');
    if (namedBindings !== undefined && ts.isNamedImports(namedBindings))
      for (const one of namedBindings.elements) names.set(one.name.text, (one.propertyName ?? one.name).text);
    return names;
  }

  /** What tslab exports is what the cell declares; helpers of TypeScript are not exported, and stay local. */
  #findOwn(): void {
    const ts = this.#ts;
    for (const statement of this.#file.statements) {
      if (ts.isImportDeclaration(statement)) for (const name of this.imported(statement).keys()) this.#own.add(name);
      const clause = ts.isExportDeclaration(statement) ? statement.exportClause : undefined;
      if (clause === undefined || !ts.isNamedExports(clause)) continue;
      for (const { name, propertyName } of clause.elements) this.#own.add((propertyName ?? name).text);
    }
    for (const statement of this.#file.statements) {
      if (ts.isClassDeclaration(statement) && statement.name !== undefined)
        this.#declared.set(statement.name.text, statement.end);
      if (!ts.isVariableStatement(statement) || (statement.declarationList.flags & ts.NodeFlags.BlockScoped) === 0)
        continue;
      for (const declaration of statement.declarationList.declarations)
        for (const name of namesIn(ts, declaration.name)) this.#declared.set(name, declaration.end);
    }
  }

  #findCaptured(node: TS.Node): void {
    if (this.#ts.isIdentifier(node) && this.use(node)?.closure !== undefined) this.captured.add(node.text);
    this.#ts.forEachChild(node, child => this.#findCaptured(child));
  }
}
