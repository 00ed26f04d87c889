/** What went wrong in a cell, as a Jupyter error: name, message, and a traceback that speaks of the reader's lines. */
import { inspect } from 'node:util';
import { readerText } from './cell-code.js';
import type { CellMaps, CellPosition } from './cell-maps.js';
import { type JupyterError, pointAt } from './diagnostics.js';

/** Calls inside the library that a traceback shows: enough to see who complained, not more. */
const libraryFrames = 3;

/** Causes of causes that are shown, and errors of one AggregateError. */
const carriedDepth = 4;
const carriedErrors = 10;

const frame = /^\s*at (?:(?:async )?(.*?) \()?(.*?):(\d+):(\d+)\)?$/;

interface Frame {
  readonly name: string;
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

function parseFrames(stack: string): Frame[] {
  const frames: Frame[] = [];
  for (const line of stack.split('\n')) {
    const match = frame.exec(line);
    if (match === null) continue;
    const [, name = '', file = '', row = '0', column = '0'] = match;
    frames.push({ name, file, line: Number(row), column: Number(column) });
  }
  return frames;
}

/** The path below the project, or undefined for what is not ours (tslab, node, packages). */
function ownFile(file: string, root: string): string | undefined {
  const plain = file.startsWith('file://') ? decodeURIComponent(new URL(file).pathname) : file;
  if (!plain.startsWith(`${root}/`) || plain.includes('/node_modules/')) return undefined;
  return plain.slice(root.length + 1);
}

function describeCall(name: string): string {
  const plain = name.replace(/^(?:Proxy|Object|exports|Module)\./, '');
  return plain === '' || plain.startsWith('eval') || plain === '<anonymous>' ? '' : ` in ${plain}`;
}

function describeFrames(stack: string, maps: CellMaps, root: string): string[] {
  const lines: string[] = [];
  let library = 0;
  let pointed = false;
  for (const { name, file, line, column } of parseFrames(stack)) {
    const called = describeCall(name);
    const cell = /^cell-(\d+)\.ts$/.exec(file)?.[1];
    if (cell !== undefined) {
      const at: CellPosition | undefined = maps.find(Number(cell), line, column);
      if (at === undefined) continue;
      lines.push(`  at cell ${at.cell}, line ${at.line}${called}`);
      if (!pointed) lines.push(...pointAt(at.line, at.column, at.text));
      pointed = true;
      continue;
    }
    const own = ownFile(file, root);
    if (own === undefined || library >= libraryFrames || pointed) continue;
    library++;
    lines.push(`  at ${own}:${line}${called}`);
  }
  return lines;
}

function isInterrupt(error: Error): boolean {
  return (
    ('code' in error && error.code === 'ERR_SCRIPT_EXECUTION_INTERRUPTED') ||
    error.message === 'Interrupted asynchronously'
  );
}

/** Cells run in the kernel's own realm, but an error may come from another one (a worker, a vm context). */
function asError(thrown: unknown): Error | undefined {
  if (thrown instanceof Error) return thrown;
  return Object.prototype.toString.call(thrown) === '[object Error]' ? (thrown as Error) : undefined;
}

/** A thrown value may be anything, also one that cannot be made a string: an object without a prototype. */
function describeValue(value: unknown): string {
  try {
    return typeof value === 'string' ? JSON.stringify(value) : inspect(value, { depth: 1, breakLength: 100 });
  } catch {
    return `a value of type ${typeof value}`;
  }
}

/** A property that may be a getter which throws. */
function textOf(error: Error, key: 'name' | 'message' | 'stack'): string {
  try {
    return readerText(String(error[key] ?? ''));
  } catch {
    return '';
  }
}

const headline = (value: unknown): string => {
  const error = asError(value);
  return error === undefined ? describeValue(value) : `${textOf(error, 'name')}: ${textOf(error, 'message')}`;
};

/** What an error carries: its cause, the errors of an AggregateError, and theirs, each a step further in. */
function describeCarried(error: Error, maps: CellMaps, root: string, depth: number): string[] {
  const lines: string[] = [];
  const add = (what: string, value: unknown): void => {
    lines.push(`${what} ${headline(value)}`);
    const inner = asError(value);
    if (inner === undefined || depth >= carriedDepth) return;
    const more = [
      ...describeFrames(textOf(inner, 'stack'), maps, root),
      ...describeCarried(inner, maps, root, depth + 1),
    ];
    lines.push(...more.map(line => `  ${line}`));
  };
  if (error.cause !== undefined) add('caused by', error.cause);
  if ('errors' in error && Array.isArray(error.errors)) {
    for (const one of error.errors.slice(0, carriedErrors)) add('one of them:', one);
    const rest = error.errors.length - carriedErrors;
    if (rest > 0) lines.push(`and ${rest} more`);
  }
  return lines;
}

export function fromThrown(thrown: unknown, maps: CellMaps, root: string): JupyterError {
  const error = asError(thrown);
  if (error === undefined) {
    const evalue = `the cell threw ${describeValue(thrown)}, which is not an Error`;
    return { ename: 'NotAnError', evalue, traceback: [`NotAnError: ${evalue}`] };
  }
  // A run or a search of ours knows in which step it was.
  const ours = textOf(error, 'name') === 'Interrupted';
  if (ours || isInterrupt(error)) {
    const evalue = ours ? textOf(error, 'message') : 'the cell was interrupted';
    return { ename: 'Interrupted', evalue, traceback: [`Interrupted: ${evalue}`] };
  }
  const lines = [...describeFrames(textOf(error, 'stack'), maps, root), ...describeCarried(error, maps, root, 0)];
  return { ename: textOf(error, 'name'), evalue: textOf(error, 'message'), traceback: [headline(error), ...lines] };
}
