/**
 * What tslab's own fork of TypeScript 5.0 had and stock TypeScript has not, written over again on its internals: so tslab
 * runs on the version that package.json pins (`overrides`). Nothing is replaced that is there.
 */

/** TypeScript's module with its internal names, which its declarations leave out. */
// biome-ignore lint/suspicious/noExplicitAny: internal functions have no declarations
type Internal = any;

function typeRootsAbove(folder: string, directoryExists: (name: string) => boolean): string[] | undefined {
  const found: string[] = [];
  for (let at = folder.replace(/\/$/, ''); ; at = at.slice(0, Math.max(at.lastIndexOf('/'), 0))) {
    const types = `${at}/node_modules/@types`;
    if (directoryExists(types)) found.push(types);
    if (at === '') return found.length > 0 ? found : undefined;
  }
}

/** @returns `ts`, complete for tslab's converter. */
export function completeForTslab(ts: Internal): Internal {
  const added = {
    getDefaultTypeRoots: (folder: string, host: { directoryExists(name: string): boolean }) =>
      typeRootsAbove(folder, name => host.directoryExists(name)),
    getNullTransformationContext: () => ts.nullTransformationContext,
    getPreEmitDiagnosticsOfFiles: (program: Internal, files: readonly Internal[]) =>
      ts.sortAndDeduplicateDiagnostics([
        ...program.getGlobalDiagnostics(),
        ...files.flatMap(file => [
          ...program.getSyntacticDiagnostics(file),
          ...program.getSemanticDiagnostics(file),
          ...program.getDeclarationDiagnostics(file),
        ]),
      ]),
    getQuickInfoAtPosition: (file: Internal, checker: Internal, _cancel: unknown, at: number) => {
      const node = ts.getTouchingPropertyName(file, at);
      const symbol = node === file ? undefined : checker.getSymbolAtLocation(node);
      if (symbol === undefined) return undefined;
      const { symbolKind, displayParts, documentation, tags } =
        ts.SymbolDisplay.getSymbolDisplayPartsDocumentationAndSymbolKind(
          checker,
          symbol,
          file,
          ts.getContainerNode(node),
          node,
        );
      return {
        kind: symbolKind,
        kindModifiers: ts.SymbolDisplay.getSymbolModifiers(checker, symbol),
        textSpan: ts.createTextSpanFromNode(node, file),
        displayParts,
        documentation,
        tags,
      };
    },
  };
  const Completions = {
    // After what tslab gives: no format, and with each entry its symbol, which has its type.
    getCompletionsAtPositionForTslab: (...args: unknown[]) =>
      ts.Completions.getCompletionsAtPosition(...args, undefined, true),
    ...ts.Completions,
  };
  return { ...added, ...ts, Completions };
}
