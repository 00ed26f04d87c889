/**
 * The parts of tslab 1.0.22 that the kernel uses, typed, and where TypeScript is changed under it. tslab exports none of
 * them as an interface, so its version is pinned exactly, and no other file of this project knows them.
 */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import type * as TS from '@tslab/typescript-for-tslab';
import type { TypeScript } from './cell-scopes.js';
import { exported, syntaxMessages } from './cell-syntax.js';
import { cellErrors } from './check.js';
import { type Completions, completionsIn, type TslabCompletions } from './completions.js';
import { type Hooks, type Patch, patched } from './patched-typescript.js';
import { placesOf } from './tslab-places.js';
import { completeForTslab } from './typescript-shim.js';

export interface Position {
  readonly line: number;
  readonly character: number;
}

/** One message of the type checker; line and character count from 0 in the cell. */
export interface Diagnostic {
  readonly start: Position;
  readonly messageText: string;
  readonly fileName?: string;
}

export interface Converted {
  readonly diagnostics: readonly Diagnostic[];
  readonly output?: string;
  /** What later cells know of the names so far. */
  readonly declOutput?: string;
  readonly hasToplevelAwait?: boolean;
}

export interface Converter {
  convert(previousDeclarations: string, source: string): Converted;
  close(): void;
}

export interface Converters {
  readonly node: Converter;
  readonly browser: Converter;
  close(): void;
}

/** What the executor prints to: `log` gets the last expression, `error` a thrown value or a formatted diagnostic. */
export interface ExecutorConsole {
  log(value: unknown): void;
  error(...args: unknown[]): void;
}

export interface Executor {
  execute(source: string): Promise<boolean>;
  inspect(source: string, position: number): unknown;
  complete(source: string, position: number): TslabCompletions;
  interrupt(): void;
}

export interface At {
  readonly code: string;
  readonly cursor_pos: number;
}

/** tslab's answers to what is asked about a text; each is the content of a reply. */
export interface Handler {
  handleKernel(): { language_info: Record<string, unknown> } & Record<string, unknown>;
  handleInspect(at: At): Record<string, unknown>;
  handleIsComplete(at: At): Record<string, unknown>;
}

/** What `import { display } from 'tslab'` writes to. */
export type WriteDisplay = (content: Readonly<Record<string, unknown>>, update?: boolean) => void;

export interface Tslab {
  readonly ts: TypeScript;
  createConverter(options: { isJS: boolean; isBrowser: boolean }): Converter;
  createExecutor(root: string, converters: Converters, console: ExecutorConsole): Executor;
  createHandler(executor: Executor): Handler;
  /** What is wrong with a text, after the cells that ran. Nothing runs, and later cells know nothing of it. */
  check(executor: Executor, source: string): readonly TS.Diagnostic[];
  complete(executor: Executor, at: At): Completions;
  onDisplay(write: WriteDisplay): void;
  /** Tells the checker which of the reader's own files have changed since. Before a cell, never in the middle of one. */
  takeChanges(): void;
}

/** The types of JavaScript's own library. An older TypeScript, as an old node_modules has, knows less of it. */
export function librariesIn(folder: string): readonly string[] {
  const wanted = ['lib.es2024.d.ts', 'lib.esnext.disposable.d.ts'];
  return wanted.every(name => existsSync(path.join(folder, name))) ? wanted : ['lib.es2023.d.ts'];
}

function patchTypeScript(require: NodeJS.Require, file: string, patch: Omit<Patch, 'libraries'>): TypeScript {
  const original: TypeScript = completeForTslab(require(file));
  const loaded = require.cache[file];
  if (loaded === undefined) throw new Error(`${file} is not in the module cache after it was loaded`);
  loaded.exports = patched(original, { ...patch, libraries: librariesIn(path.dirname(file)) });
  return original;
}

/** Loads tslab with changed compiler options; must run before anything else loads tslab. */
export function loadTslab(hooks: Hooks): Tslab {
  const require = createRequire(import.meta.url);
  const changes: (() => void)[] = [];
  const once = { armed: false };
  const last: Patch['last'] = {};
  const places = placesOf(require);
  const ts = patchTypeScript(require, places.typescript, { ...hooks, changes, once, last });
  const { createConverter, createExecutor, jupyter } = places.load(require);
  return {
    ts,
    check: (executor, source) => {
      // The executor knows the declarations of earlier cells, and hands them to nobody but its own questions.
      // What stands behind a text that does not parse would become a part of it.
      executor.inspect(syntaxMessages(ts, source).length > 0 ? source : exported(ts, source), 0);
      return last.program === undefined ? [] : cellErrors(ts, last.program);
    },
    complete: (executor, { code, cursor_pos }) => {
      const given = executor.complete(code, cursor_pos);
      if (last.program === undefined) throw new Error('the checker has no program');
      return completionsIn(ts, last.program, given, { source: code, at: cursor_pos });
    },
    createConverter: options => {
      const converter = createConverter(options);
      const convert: Converter['convert'] = (previous, source) => {
        once.armed = true;
        return converter.convert(previous, exported(ts, source));
      };
      return { ...converter, convert };
    },
    createExecutor,
    createHandler: executor => new jupyter.JupyterHandlerImpl(executor, false),
    onDisplay: write => {
      jupyter.lastWriteDisplayData = write;
    },
    takeChanges: () => {
      for (const change of changes.splice(0)) change();
    },
  };
}
