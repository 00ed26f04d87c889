/** What the type checker says of a text that nobody has run: the squiggles of an editor. */
import type * as TS from '@tslab/typescript-for-tslab';
import { bind, type TypeScript } from './cell-scopes.js';
import { withoutExports } from './cell-source.js';
import { PREFIX, syntaxMessages } from './cell-syntax.js';
import { cellFile, type Locals } from './checker-names.js';
import { hintFor } from './diagnostics.js';
import { withoutFiles } from './plain-types.js';

/** One error, from `start` up to `end`, in UTF-16 code units from the beginning of the text. */
export interface Finding {
  readonly start: number;
  readonly end: number;
  readonly message: string;
  /** TypeScript's number of the error. */
  readonly code: number;
}

/** TypeScript's own messages about a cell, as the program of the last look at it has them. */
export function cellErrors(ts: TypeScript, program: TS.Program): readonly TS.Diagnostic[] {
  const file = program.getSourceFiles().find(({ fileName }) => fileName.endsWith(cellFile));
  if (file === undefined) return [];
  return ts.sortAndDeduplicateDiagnostics([
    ...program.getSyntacticDiagnostics(file),
    ...program.getSemanticDiagnostics(file),
    ...program.getDeclarationDiagnostics(file),
  ]);
}

/** @param errors positions are those of the text behind `PREFIX` */
function findings(ts: TypeScript, errors: readonly TS.Diagnostic[], source: string): Finding[] {
  const within = (at: number): number => Math.min(Math.max(at - PREFIX.length, 0), source.length);
  return errors.map(({ start = 0, length = 0, messageText, code }) => {
    const message = withoutFiles(ts.flattenDiagnosticMessageText(messageText, '\n'));
    return { start: within(start), end: within(start + length), message: message + hintFor(message), code };
  });
}

/** `{ name }` with a name that nobody declared. */
const SHORTHAND = 18004;

/** The name that an error says is unknown; undefined for every other error. */
function unknownName({ start, end, message, code }: Finding, source: string): string | undefined {
  return /^Cannot find name(?:space)? '/.test(message) || code === SHORTHAND ? source.slice(start, end) : undefined;
}

/**
 * Leaves out that a name is unknown which another cell declares or imports: that cell has not run yet, or failed, or was
 * edited since, and the reader sees the name in it.
 * @param others the texts of the notebook's other cells
 */
function knownElsewhere(
  ts: TypeScript,
  all: readonly Finding[],
  { source, others }: { readonly source: string; readonly others: readonly string[] },
): Finding[] {
  if (!all.some(finding => unknownName(finding, source) !== undefined)) return [...all];
  const names = new Set(others.flatMap(text => [...((bind(ts, text) as Locals).locals?.keys() ?? [])]));
  return all.filter(finding => !names.has(unknownName(finding, source) ?? ''));
}

/**
 * What is wrong with a cell's text.
 * @param others the texts of the notebook's other cells: what they declare is not called unknown
 * @param ask the type checker, which knows the cells that ran
 */
export function checkCell(
  ts: TypeScript,
  source: string,
  others: readonly string[],
  ask: (text: string) => readonly TS.Diagnostic[],
): readonly Finding[] {
  try {
    return knownElsewhere(ts, findings(ts, ask(withoutExports(ts, source)), source), { source, others });
  } catch {
    // The checker can fail on a text that does not parse.
    return findings(ts, syntaxMessages(ts, source), source);
  }
}
