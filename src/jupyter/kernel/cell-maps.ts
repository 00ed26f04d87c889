/**
 * From a line of running cell code back to the line that the reader wrote: first by what cell-code.ts changed, then by
 * TypeScript's source map.
 */
import { SourceMap, type SourceMapPayload } from 'node:module';
import type { CellCode } from './cell-code.js';
import { mapIn } from './patched-typescript.js';

/** tslab puts `export {};` and a newline before a cell. */
const prefixLines = 1;

interface CellMap {
  readonly source: readonly string[];
  readonly lines: number;
  readonly original: CellCode['original'];
  readonly map: SourceMap;
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

  /** Takes a compiled cell and gives it the name that stack traces show. */
  compiled(module: string, { text, original }: CellCode): string {
    const map = mapIn(module);
    if (map !== undefined)
      this.#cells.set(this.#current, {
        source: this.#source.split('\n'),
        lines: text.split('\n').length,
        original,
        map: new SourceMap(map as SourceMapPayload),
      });
    return `${text}\n//# sourceURL=cell-${this.#current}.ts\n`;
  }

  /** Where a position of the compiled cell (from 1) was written, or undefined for code that no reader wrote. */
  find(cell: number, line: number, column: number): CellPosition | undefined {
    const map = this.#cells.get(cell);
    // Line 1 is what stands before the cell; what follows the cell calls it.
    if (map === undefined || line < 2 || line > map.lines) return undefined;
    const at = map.original({ line: line - 2, column: column - 1 });
    const entry = map.map.findEntry(at.line, at.column);
    if (!('originalLine' in entry)) return undefined;
    const { originalLine, originalColumn } = entry;
    const text = map.source[originalLine - prefixLines];
    return text === undefined
      ? undefined
      : { cell, line: originalLine - prefixLines + 1, column: originalColumn + 1, text };
  }
}
