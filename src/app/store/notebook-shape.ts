/**
 * Whether a JSON value is a notebook that a page can show. Looser than the schema of nbformat: a copy that another
 * program wrote, without ids or with keys of its own, is still the reader's work.
 */
import type { Json } from './notebook-json.js';

/** What is wrong, as the end of a sentence, with the place: "cells[3].source is a number"; null when nothing is. */
export function shapeFault(value: unknown): string | null {
  if (!isObject(value)) return `it is ${kindOf(value)}, not an object`;
  if (!Array.isArray(value.cells)) return `its cells are ${kindOf(value.cells)}, not a list`;
  const major = value.nbformat;
  if (major !== undefined && major !== 4) return `it says nbformat ${JSON.stringify(major)}; only 4 can be read`;
  if (value.metadata !== undefined && !isObject(value.metadata)) return `its metadata are ${kindOf(value.metadata)}`;
  for (const [i, cell] of value.cells.entries()) {
    const fault = cellFault(cell);
    if (fault !== null) return `cells[${i}]${fault}`;
  }
  return null;
}

function cellFault(cell: unknown): string | null {
  if (!isObject(cell)) return ` is ${kindOf(cell)}`;
  if (!['code', 'markdown', 'raw'].includes(String(cell.cell_type)))
    return `.cell_type is ${JSON.stringify(cell.cell_type) ?? 'missing'}`;
  if (!isText(cell.source)) return `.source is ${kindOf(cell.source)}`;
  if (cell.metadata !== undefined && !isObject(cell.metadata)) return `.metadata is ${kindOf(cell.metadata)}`;
  if (cell.outputs === undefined) return null;
  if (!Array.isArray(cell.outputs)) return `.outputs is ${kindOf(cell.outputs)}`;
  for (const [i, output] of cell.outputs.entries()) {
    const fault = outputFault(output);
    if (fault !== null) return `.outputs[${i}]${fault}`;
  }
  return null;
}

function outputFault(output: unknown): string | null {
  if (!isObject(output)) return ` is ${kindOf(output)}`;
  const { output_type: type } = output;
  if (type === 'stream') return isText(output.text) ? null : `.text is ${kindOf(output.text)}`;
  if (type === 'error') return isLines(output.traceback) ? null : `.traceback is ${kindOf(output.traceback)}`;
  if (type !== 'display_data' && type !== 'execute_result')
    return `.output_type is ${JSON.stringify(type) ?? 'missing'}`;
  if (!isObject(output.data)) return `.data is ${kindOf(output.data)}`;
  const wrong = Object.entries(output.data).find(([mime, value]) => !/[/+]json$/.test(mime) && !isText(value));
  return wrong === undefined ? null : `.data['${wrong[0]}'] is ${kindOf(wrong[1])}`;
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isLines(value: unknown): boolean {
  return Array.isArray(value) && value.every(line => typeof line === 'string');
}

function isText(value: unknown): boolean {
  return typeof value === 'string' || isLines(value);
}

function kindOf(value: unknown): string {
  if (value === undefined) return 'missing';
  if (value === null) return 'null';
  if (Array.isArray(value)) return value.every(one => typeof one === 'string') ? 'a list' : 'a list of other things';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}
