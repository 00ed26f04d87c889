/**
 * From a line of compiled cell code back to the line that the reader wrote. A cell is compiled in two steps
 * (TypeScript to an ES module, that to CommonJS), so two source maps are followed.
 */
import { SourceMap } from 'node:module';

const inlineMap = /\n?\/\/# sourceMappingURL=data:application\/json;base64,([A-Za-z0-9+/=]+)\s*$/;

/** tslab puts `export {};` and a newline before a cell. */
const prefixLines = 1;

interface CellMap {
  readonly source: readonly string[];
  readonly compiledLines: number;
  readonly steps: readonly SourceMap[];
}

export interface CellPosition {
  readonly cell: number;
  /** From 1. */
  readonly line: number;
  /** From 1. */
  readonly column: number;
  /** The line itself. */
  readonly text: string;
}

export class CellMaps {
  readonly #cells = new Map<number, CellMap>();
  #current = 0;
  #source = '';

  /** Says which cell is compiled next. */
  begin(cell: number, source: string): void {
    this.#current = cell;
    this.#source = source;
  }

  /**
   * Takes both maps of a compiled cell and gives the code that shall run: strict, as the same file is for `tsc` (a write
   * to a frozen object must fail here also), and named, so that stack traces say which cell.
   */
  compiled(input: string, output: string, secondMap: string): string {
    const first = inlineMap.exec(input)?.[1];
    if (first === undefined) return output;
    const firstPayload = JSON.parse(Buffer.from(first, 'base64').toString('utf8'));
    if (!String(firstPayload.sources?.[0]).endsWith('__tslab__.ts')) return output;
    this.#cells.set(this.#current, {
      source: this.#source.split('\n'),
      compiledLines: output.trimEnd().split('\n').length,
      steps: [new SourceMap(JSON.parse(secondMap)), new SourceMap(firstPayload)],
    });
    return `"use strict";\n${output}\n//# sourceURL=cell-${this.#current}.ts\n`;
  }

  /** Where a position of the compiled cell (from 1) was written, or undefined for code that no reader wrote. */
  find(cell: number, line: number, column: number): CellPosition | undefined {
    const map = this.#cells.get(cell);
    // Line 1 is what tslab and `compiled` put before the cell; what follows the cell calls it.
    if (map === undefined || line < 2 || line > map.compiledLines + 1) return undefined;
    let at = { line: line - 2, column: column - 1 };
    for (const step of map.steps) {
      const entry = step.findEntry(at.line, at.column);
      if (!('originalLine' in entry)) return undefined;
      at = { line: entry.originalLine, column: entry.originalColumn };
    }
    const text = map.source[at.line - prefixLines];
    return text === undefined ? undefined : { cell, line: at.line - prefixLines + 1, column: at.column + 1, text };
  }
}
