/** The check of a cell that is to run, and what later cells will know of it. */
import type { TypeScript } from './cell-scopes.js';
import { carryModules, withoutExports } from './cell-source.js';
import { syntaxErrors } from './cell-syntax.js';
import type { Converted, Converter } from './tslab.js';

/**
 * @param convert tslab's own step
 * @param inner declarations that it leaves out; asked for after that step
 */
export function convertCell(
  ts: TypeScript,
  convert: Converter['convert'],
  { previous, source }: { readonly previous: string; readonly source: string },
  inner: () => string,
): Converted {
  const syntax = syntaxErrors(ts, source);
  if (syntax.length > 0) return { diagnostics: syntax };
  try {
    const converted = convert(previous, withoutExports(ts, source));
    return { ...converted, declOutput: carryModules(ts, previous, (converted.declOutput ?? '') + inner()) };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    const messageText = `the type checker itself failed on this cell (${why}); try it in smaller parts`;
    return { diagnostics: [{ start: { line: 0, character: 0 }, messageText }] };
  }
}
