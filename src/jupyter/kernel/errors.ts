/** What went wrong in a cell, as a Jupyter error: name, message, and a traceback that speaks of the reader's lines. */
import type { CellMaps, CellPosition } from './cell-maps.js';
import type { Diagnostic } from './tslab.js';

export interface JupyterError {
  readonly ename: string;
  readonly evalue: string;
  readonly traceback: readonly string[];
}

/** Calls inside the library that a traceback shows: enough to see who complained, not more. */
const libraryFrames = 3;

function pointAt(line: number, column: number, text: string): string[] {
  const gutter = `    ${line} | `;
  return [gutter + text, `${' '.repeat(gutter.length + column - 1)}^`];
}

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

export function fromThrown(thrown: unknown, maps: CellMaps, root: string): JupyterError {
  const error = asError(thrown);
  if (error === undefined) {
    const evalue = `the cell threw ${typeof thrown === 'string' ? JSON.stringify(thrown) : String(thrown)}, which is not an Error`;
    return { ename: 'NotAnError', evalue, traceback: [`NotAnError: ${evalue}`] };
  }
  if (isInterrupt(error)) {
    const evalue = 'the cell was interrupted';
    return { ename: 'Interrupted', evalue, traceback: [`Interrupted: ${evalue}`] };
  }
  const lines = describeFrames(String(error.stack ?? ''), maps, root);
  const cause = asError(error.cause);
  if (cause !== undefined) lines.push(`caused by ${cause.name}: ${cause.message}`);
  return { ename: error.name, evalue: error.message, traceback: [`${error.name}: ${error.message}`, ...lines] };
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
    lines.push(`${place} - ${messageText}`);
    const text = fileName === undefined ? rows[start.line] : undefined;
    if (text !== undefined) lines.push(...pointAt(start.line + 1, start.character + 1, text));
  }
  return { ename: 'TypeScriptError', evalue: lines[0] ?? 'the cell does not compile', traceback: lines };
}
