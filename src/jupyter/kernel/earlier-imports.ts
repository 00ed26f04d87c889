/**
 * The modules that the declarations of earlier cells name. A variable's type is printed with its module, so each model that a cell stores
 * adds an `import("…")`. TypeScript takes a longer list of imports for another program, and goes through every file of every library again:
 * almost half of the time of a cell that stores a model. Here a module is named once, and the list stays as it is.
 */
import type * as TS from '@tslab/typescript-for-tslab';
import type { TypeScript } from './cell-scopes.js';
import { earlierFile } from './checker-names.js';

/** What TypeScript fills before it resolves modules, unless it is there. */
interface Collected {
  imports?: readonly TS.StringLiteralLike[];
  moduleAugmentations?: readonly never[];
  ambientModuleNames?: readonly string[];
}

interface Internal {
  setParentRecursive(node: TS.Node, incremental: boolean): void;
}

/** Each module once; undefined where the file declares modules itself: TypeScript then looks for itself. */
function modulesOf(ts: TypeScript, file: TS.SourceFile): readonly TS.StringLiteralLike[] | undefined {
  const { setParentRecursive } = ts as unknown as Internal;
  const found = new Map<string, TS.StringLiteralLike>();
  let isPlain = true;
  const add = (node: TS.Node, name: TS.Node | undefined): void => {
    if (name === undefined || !ts.isStringLiteralLike(name) || found.has(name.text)) return;
    setParentRecursive(node, false);
    found.set(name.text, name);
  };
  const look = (node: TS.Node): void => {
    if (ts.isImportEqualsDeclaration(node) || (ts.isModuleDeclaration(node) && !ts.isIdentifier(node.name)))
      isPlain = false;
    else if (ts.isModuleDeclaration(node) && (node.flags & ts.NodeFlags.GlobalAugmentation) !== 0) isPlain = false;
    else if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) add(node, node.moduleSpecifier);
    else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) add(node, node.argument.literal);
    ts.forEachChild(node, look);
  };
  look(file);
  return isPlain ? [...found.values()] : undefined;
}

/** A host whose declarations of earlier cells name each module once. */
export function nameModulesOnce(ts: TypeScript, host: TS.CompilerHost): void {
  const of = (file: TS.SourceFile | undefined): TS.SourceFile | undefined => {
    const collected = file as Collected | undefined;
    if (file === undefined || collected === undefined || !file.fileName.endsWith(earlierFile)) return file;
    const modules = collected.imports === undefined ? modulesOf(ts, file) : undefined;
    if (modules !== undefined)
      Object.assign(collected, { imports: modules, moduleAugmentations: [], ambientModuleNames: [] });
    return file;
  };
  const { getSourceFile, getSourceFileByPath } = host;
  host.getSourceFile = (...args) => of(getSourceFile.apply(host, args));
  if (getSourceFileByPath !== undefined)
    host.getSourceFileByPath = (...args) => of(getSourceFileByPath.apply(host, args));
}
