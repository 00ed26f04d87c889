/** Which variable a name in a compiled cell stands for: the scopes of JavaScript, as TypeScript's binder finds them. */
import type * as TS from '@tslab/typescript-for-tslab';

export type TypeScript = typeof TS;

interface Scope {
  /** Filled by the binder on every node that opens a scope and declares something in it. */
  readonly locals?: ReadonlyMap<string, unknown>;
}

interface Binder {
  bindSourceFile(file: TS.SourceFile, options: TS.CompilerOptions): void;
}

/** Parses a module and binds it. */
export function bind(ts: TypeScript, text: string): TS.SourceFile {
  const file = ts.createSourceFile('cell.ts', text, ts.ScriptTarget.ESNext, true, ts.ScriptKind.TS);
  (ts as unknown as Binder).bindSourceFile(file, { target: ts.ScriptTarget.ESNext });
  return file;
}

function declares(ts: TypeScript, scope: TS.Node, name: string): boolean {
  if ((scope as Scope).locals?.has(name) === true) return true;
  // A function or class expression knows itself by its own name.
  return (ts.isFunctionExpression(scope) || ts.isClassExpression(scope)) && scope.name?.text === name;
}

/** The innermost scope around `node` that declares `name`; undefined: none in this file. */
export function scopeOf(ts: TypeScript, node: TS.Node, name: string): TS.Node | undefined {
  for (let at: TS.Node | undefined = node; at !== undefined; at = at.parent) {
    if (declares(ts, at, name)) return at;
  }
  return undefined;
}

/** Whether the identifier reads or writes a variable; else it is the name of a property, a label or a declaration. */
export function isReference(ts: TypeScript, node: TS.Identifier): boolean {
  const { parent } = node;
  if (ts.isShorthandPropertyAssignment(parent)) return true;
  if (ts.isBindingElement(parent)) return parent.initializer === node;
  if (ts.isImportClause(parent) || ts.isNamespaceImport(parent)) return false;
  if (ts.isImportSpecifier(parent) || ts.isExportSpecifier(parent) || ts.isMetaProperty(parent)) return false;
  if (ts.isLabeledStatement(parent) || ts.isBreakOrContinueStatement(parent)) return false;
  // Everything else that has a name, and is not an expression by that name.
  return !('name' in parent && parent.name === node);
}

/** A function, or what runs as one: the initial value of a field, a static block. */
export function closureAround(ts: TypeScript, node: TS.Node): TS.Node | undefined {
  for (let at = node.parent; at !== undefined; at = at.parent) {
    if (ts.isFunctionLike(at) || ts.isPropertyDeclaration(at) || ts.isClassStaticBlockDeclaration(at)) return at;
  }
  return undefined;
}

/** The names that a pattern or a plain name declares. */
export function namesIn(ts: TypeScript, name: TS.BindingName): string[] {
  if (ts.isIdentifier(name)) return [name.text];
  return name.elements.flatMap(element => (ts.isOmittedExpression(element) ? [] : namesIn(ts, element.name)));
}
