/** What the type checker says of a cell, as a Jupyter error. */
import type { Diagnostic } from './tslab.js';

export interface JupyterError {
  readonly ename: string;
  readonly evalue: string;
  readonly traceback: readonly string[];
}

/** A line, and a mark below the column. */
export function pointAt(line: number, column: number, text: string): string[] {
  const gutter = `    ${line} | `;
  return [gutter + text, `${' '.repeat(gutter.length + column - 1)}^`];
}

/** A count is no number: the compiler's message says so, and this says what to write. */
export function hintFor(message: string): string {
  const isCompared = /^(?:Operator '[<>=!]+'|This comparison) .*'Counter<.*(?:'number'|no overlap)/s.test(message);
  return isCompared ? ' A count is asked: .above(1) or .is(1); .count() is its value.' : '';
}

/** The messages of the type checker: `line:column - message`, each with the line that it is about. */
export function fromDiagnostics(diagnostics: readonly Diagnostic[], source: string): JupyterError {
  const rows = source.split('\n');
  const lines: string[] = [];
  let previous = '';
  for (const { start, messageText, fileName } of diagnostics) {
    const place = `${fileName === undefined ? '' : `${fileName} `}${start.line + 1}:${start.character + 1}`;
    if (place === previous) {
      // A chain: what follows at the same place explains the message above it.
      lines.push(`    ${messageText}`);
      continue;
    }
    previous = place;
    lines.push(`${place} - ${messageText}${hintFor(messageText)}`);
    const text = fileName === undefined ? rows[start.line] : undefined;
    if (text !== undefined) lines.push(...pointAt(start.line + 1, start.character + 1, text));
  }
  return { ename: 'TypeScriptError', evalue: lines[0] ?? 'the cell does not compile', traceback: lines };
}
