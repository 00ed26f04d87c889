/** What is done to a cell's text, and to what it leaves for later cells, before and after tslab's own step. */
import type * as TS from '@tslab/typescript-for-tslab';
import type { TypeScript } from './cell-scopes.js';
import { EditedText } from './edited-text.js';

const parse = (ts: TypeScript, text: string): TS.SourceFile =>
  ts.createSourceFile('cell.ts', text, ts.ScriptTarget.Latest, true);

/**
 * Takes `export` as not written: a cell keeps what it declares anyway, and code that is pasted from a file should run.
 * Nothing changes its place.
 */
export function withoutExports(ts: TypeScript, source: string): string {
  if (!source.includes('export')) return source;
  const file = parse(ts, source);
  const out = new EditedText(source);
  for (const statement of file.statements) {
    if (ts.isExportDeclaration(statement) && statement.moduleSpecifier === undefined)
      out.blank(statement.getStart(), statement.end);
    if (ts.isExportAssignment(statement) && statement.isExportEquals !== true)
      out.blank(statement.getStart(), statement.expression.getStart());
    if (!ts.canHaveModifiers(statement)) continue;
    const named = !('name' in statement) || statement.name !== undefined;
    for (const modifier of statement.modifiers ?? []) {
      const { kind } = modifier;
      if (named && (kind === ts.SyntaxKind.ExportKeyword || kind === ts.SyntaxKind.DefaultKeyword))
        out.blank(modifier.getStart(), modifier.end);
    }
  }
  return out.finish().text;
}

/** A namespace, `declare global` or `declare module 'x'`; the name says which. */
function moduleName(ts: TypeScript, statement: TS.Statement): string | undefined {
  if (!ts.isModuleDeclaration(statement)) return undefined;
  if ((statement.flags & ts.NodeFlags.GlobalAugmentation) !== 0) return 'global';
  return ts.isStringLiteral(statement.name) ? `'${statement.name.text}'` : statement.name.text;
}

function declaredNames(ts: TypeScript, statement: TS.Statement): string[] {
  if (ts.isVariableStatement(statement))
    return statement.declarationList.declarations.flatMap(({ name }) => (ts.isIdentifier(name) ? [name.text] : []));
  const named = statement as { readonly name?: TS.Node };
  return named.name !== undefined && ts.isIdentifier(named.name) ? [named.name.text] : [];
}

/**
 * tslab forgets namespaces and augmentations one cell later: this adds those of `previous` to what a cell leaves. A
 * namespace that the cell declares anew is gone; augmentations add up.
 */
export function carryModules(ts: TypeScript, previous: string, left: string): string {
  if (!/\b(?:namespace|module|global)\b/.test(previous)) return left;
  const kept = parse(ts, left);
  const texts = new Set(kept.statements.map(statement => statement.getText(kept).trim()));
  const names = new Set(kept.statements.flatMap(statement => declaredNames(ts, statement)));
  const file = parse(ts, previous);
  const carried = file.statements.flatMap(statement => {
    const name = moduleName(ts, statement);
    const text = statement.getText(file).trim();
    return name === undefined || names.has(name) || texts.has(text) ? [] : [`${text}\n`];
  });
  return left + carried.join('');
}
