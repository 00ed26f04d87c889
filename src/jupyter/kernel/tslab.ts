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
import {
  type CellNames,
  cellFile,
  earlierFile,
  earlierValues,
  innerVars,
  type Locals,
  ownSources,
} from './checker-names.js';
import { type Completions, completionsIn, type TslabCompletions } from './completions.js';
import { nameModulesOnce } from './earlier-imports.js';
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

/** Where the wrapper changes tslab's TypeScript. */
export interface Hooks {
  /** Added to the compiler options of cells. */
  readonly compilerOptions: Readonly<Record<string, unknown>>;
  /** Gets the ES module that TypeScript made of a cell; gives what runs. */
  readonly compile: (module: string, names: CellNames) => string;
}

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

interface Builder {
  getProgram(): TS.Program;
  getSourceFile(name: string): TS.SourceFile | undefined;
  getAllDependencies(file: TS.SourceFile): readonly string[];
  emit(...args: [unknown, unknown, unknown, unknown, TS.CustomTransformers?]): unknown;
}

type WatchFile = (file: string, changed: (file: string, kind: number) => void, ...rest: unknown[]) => { close(): void };

interface WatchHost {
  afterProgramCreate?: (builder: Builder) => void;
  watchFile: WatchFile;
  watchDirectory: (...args: unknown[]) => { close(): void };
}

/** TypeScript as tslab calls it. */
interface Called {
  createWatchCompilerHost(files: readonly string[], options: object, sys: object, ...rest: unknown[]): WatchHost;
  createWatchProgram(host: WatchHost): unknown;
}

/**
 * tslab's checker watches every file and folder that it has looked at, and what it hears in the middle of a cell makes it
 * fail ("Unexpected pending rebuildTimer"). Libraries do not change under a running kernel: only a reader's own sources
 * are watched, and what happens to them waits in `changes`.
 */
function watchLess(host: WatchHost, changes: (() => void)[]): WatchHost {
  const nothing = { close: (): void => {} };
  const { watchFile } = host;
  host.watchDirectory = () => nothing;
  host.watchFile = (file, changed, ...rest) => {
    if (file.endsWith(cellFile) || file.endsWith(earlierFile)) return watchFile(file, changed, ...rest);
    if (file.endsWith('.d.ts') || !/\.[cm]?[jt]sx?$/.test(file) || file.includes('/node_modules/')) return nothing;
    return watchFile(file, (name, kind) => void changes.push(() => changed(name, kind)), ...rest);
  };
  return host;
}

/** The types of JavaScript's own library. An older TypeScript, as an old node_modules has, knows less of it. */
function librariesIn(folder: string): readonly string[] {
  const wanted = ['lib.es2024.d.ts', 'lib.esnext.disposable.d.ts'];
  return wanted.every(name => existsSync(path.join(folder, name))) ? wanted : ['lib.es2023.d.ts'];
}

/**
 * tslab checks a cell without an end, looks what it declares, adds `export { … }` and checks it again. Here the export is
 * there from the beginning (`exported`), and the one look finds nothing to add.
 */
function hideLocals(file: TS.SourceFile): void {
  const { locals } = file as Locals;
  const restore = (): void =>
    void Object.defineProperty(file, 'locals', { value: locals, writable: true, enumerable: true, configurable: true });
  Object.defineProperty(file, 'locals', { configurable: true, get: restore });
}

interface Patch extends Hooks {
  readonly changes: (() => void)[];
  /** Whether the next look at a cell is the one that finds nothing. */
  readonly once: { armed: boolean };
  /** The program of the last look at a cell. */
  readonly last: { program?: TS.Program };
}

/** Makes programs whose declarations of earlier cells name each module once. */
function builderOf(ts: TypeScript): TS.CreateProgram<TS.BuilderProgram> {
  const known = new WeakSet<TS.CompilerHost>();
  return (...args) => {
    const [, , host] = args;
    if (host !== undefined && !known.has(host)) {
      known.add(host);
      nameModulesOnce(ts, host);
    }
    return ts.createAbstractBuilder(...args);
  };
}

function patchTypeScript(require: NodeJS.Require, file: string, { changes, once, last, ...hooks }: Patch): TypeScript {
  const original: TypeScript & Called = completeForTslab(require(file));
  const loaded = require.cache[file];
  if (loaded === undefined) throw new Error(`${file} is not in the module cache after it was loaded`);
  let names: CellNames = { earlier: new Set(), inner: '' };
  const change = (builder: Builder): void => {
    last.program = builder.getProgram();
    const emit = builder.emit.bind(builder);
    builder.emit = (source, write, cancel, onlyTypes, transformers) => {
      const program = builder.getProgram();
      names = { earlier: earlierValues(original, program), inner: innerVars(original, program) };
      // tslab's own `after` is what cell-code.ts does.
      const { afterDeclarations } = transformers ?? {};
      return emit(source, write, cancel, onlyTypes, afterDeclarations === undefined ? {} : { afterDeclarations });
    };
    // With it the compiler would, for each name that it prints with its module, look on the disk for every package that
    // package.json depends on: one could be a link to the module's folder.
    Object.assign(builder.getProgram(), { getModuleResolutionCache: () => undefined });
    builder.getAllDependencies = cell => ownSources(original, builder.getProgram(), cell);
    const find = builder.getSourceFile.bind(builder);
    builder.getSourceFile = name => {
      const found = find(name);
      if (found !== undefined && name.endsWith(cellFile) && once.armed) {
        once.armed = false;
        hideLocals(found);
      }
      return found;
    };
  };
  const replaced = {
    createWatchCompilerHost: (files: readonly string[], options: object, sys: object, _: null, ...rest: unknown[]) =>
      watchLess(
        original.createWatchCompilerHost(
          files,
          { ...options, ...hooks.compilerOptions, lib: librariesIn(path.dirname(file)) },
          sys,
          // The builder that tslab takes looks up in every cell what each file of every library refers to.
          builderOf(original),
          ...rest,
        ),
        changes,
      ),
    createWatchProgram: (host: WatchHost) => {
      const created = host.afterProgramCreate;
      let first: Builder | undefined;
      host.afterProgramCreate = builder => {
        first ??= builder;
        change(builder);
        created?.(builder);
      };
      const watch = original.createWatchProgram(host);
      // Binds the libraries while the kernel starts, and not in its first cell.
      first?.getProgram().getTypeChecker();
      return watch;
    },
    transpileModule: (input: string, options: TS.TranspileOptions) =>
      isCell(input) ? { outputText: hooks.compile(input, names) } : original.transpileModule(input, options),
  };
  loaded.exports = { ...original, ...replaced };
  return original;
}

const inlineMap = /\n?\/\/# sourceMappingURL=data:application\/json;base64,([A-Za-z0-9+/=]+)\s*$/;

/** The source map in a compiled text, as TypeScript wrote it. */
export function mapIn(text: string): { readonly sources?: readonly string[] } | undefined {
  const map = inlineMap.exec(text)?.[1];
  return map === undefined ? undefined : JSON.parse(Buffer.from(map, 'base64').toString('utf8'));
}

/** Else it is a file that a cell imports. */
const isCell = (text: string): boolean => mapIn(text)?.sources?.[0]?.endsWith(cellFile.slice(1)) === true;

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
