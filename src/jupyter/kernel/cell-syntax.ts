/** A cell's text as tslab has it checked, and what does not parse in it. */
import type * as TS from '@tslab/typescript-for-tslab';
import { bind, type TypeScript } from './cell-scopes.js';
import type { Locals } from './checker-names.js';
import type { Diagnostic } from './tslab.js';

/** As tslab puts it before a cell: as a module, so that a top-level await parses. */
export const PREFIX = 'export {};\n';

/** A cell that exports whatever it declares. `__global` is what `declare global` is called inside of TypeScript. */
export function exported(ts: TypeScript, source: string): string {
  const { locals } = bind(ts, PREFIX + source) as Locals;
  const names = [...(locals?.keys() ?? [])].filter(name => name !== '__global');
  return names.length > 0 ? `${source}\nexport {${names.join(', ')}}` : source;
}

/** TypeScript's own messages about what does not parse; positions are those of the text behind `PREFIX`. */
export function syntaxMessages(ts: TypeScript, source: string): readonly TS.DiagnosticWithLocation[] {
  const file = ts.createSourceFile('cell.ts', PREFIX + source, ts.ScriptTarget.Latest);
  return (file as { parseDiagnostics?: readonly TS.DiagnosticWithLocation[] }).parseDiagnostics ?? [];
}

/** What does not parse; the checker itself may crash on such a cell. */
export function syntaxErrors(ts: TypeScript, source: string): readonly Diagnostic[] {
  return syntaxMessages(ts, source).map(({ file, start, messageText }) => {
    const { line, character } = file.getLineAndCharacterOfPosition(start);
    return { start: { line: line - 1, character }, messageText: ts.flattenDiagnosticMessageText(messageText, ' ') };
  });
}
