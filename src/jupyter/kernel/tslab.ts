/**
 * The parts of tslab 1.0.22 that the wrapper uses, typed. tslab exports none of them as an interface, so its version is
 * pinned exactly, and no other file of this project knows them.
 */
import { createRequire } from 'node:module';
import path from 'node:path';
import { vendored } from '../vendored.js';
import { type Checker, mendEarlierNames, type Transformer, type TreeTools } from './earlier-names.js';

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
  interrupt(): void;
}

export interface At {
  readonly code: string;
  readonly cursor_pos: number;
}

/** tslab's answers to what is asked about a text; each is the content of a reply. */
export interface Handler {
  handleKernel(): { language_info: Record<string, unknown> } & Record<string, unknown>;
  handleComplete(at: At): Record<string, unknown>;
  handleInspect(at: At): Record<string, unknown>;
  handleIsComplete(at: At): Record<string, unknown>;
}

interface Transpiled {
  readonly outputText: string;
  readonly sourceMapText?: string;
}

interface SourceFile {
  readonly parseDiagnostics?: readonly { readonly start: number; readonly messageText: unknown }[];
  getLineAndCharacterOfPosition(at: number): Position;
}

interface Transformers {
  readonly before?: readonly Transformer[];
}

interface Builder {
  getProgram(): { getTypeChecker(): Checker };
  emit(file: unknown, write: unknown, cancel: unknown, onlyTypes: unknown, transformers?: Transformers): unknown;
}

interface WatchHost {
  afterProgramCreate?: (builder: Builder) => void;
}

interface TypeScript extends TreeTools {
  readonly version: string;
  createSourceFile(name: string, text: string, target: number): SourceFile;
  flattenDiagnosticMessageText(text: unknown, newline: string): string;
  readonly ScriptTarget: { readonly Latest: number };
  createWatchCompilerHost(files: readonly string[], options: Record<string, unknown>, ...rest: unknown[]): WatchHost;
  createWatchProgram(host: WatchHost): unknown;
  transpileModule(input: string, options: { fileName?: string; compilerOptions: Record<string, unknown> }): Transpiled;
}

/** Where the wrapper changes tslab's TypeScript. */
export interface Hooks {
  /** Added to the compiler options of cells. */
  readonly compilerOptions: Readonly<Record<string, unknown>>;
  /** Sees each compiled text with the map of its last compile step; what it returns is what runs. */
  readonly compiled: (input: string, output: string, map: string) => string;
}

export interface Tslab {
  readonly typescriptVersion: string;
  /** What does not parse; the checker itself may crash on such a cell. */
  syntaxErrors(source: string): readonly Diagnostic[];
  createConverter(options: { isJS: boolean; isBrowser: boolean }): Converter;
  createExecutor(root: string, converters: Converters, console: ExecutorConsole): Executor;
  createHandler(executor: Executor): Handler;
}

/** Adds our step to whatever `builder` emits. */
function mendEmit(ts: TypeScript, builder: Builder): void {
  const emit = builder.emit.bind(builder);
  builder.emit = (file, write, cancel, onlyTypes, transformers) => {
    const ours = mendEarlierNames(ts, builder.getProgram().getTypeChecker());
    return emit(file, write, cancel, onlyTypes, { ...transformers, before: [...(transformers?.before ?? []), ours] });
  };
}

/** tslab's exports that are used, and the file of the TypeScript that it loads. */
interface Places {
  readonly typescript: string;
  load(require: NodeJS.Require): Pick<Tslab, 'createConverter' | 'createExecutor'> & {
    readonly JupyterHandlerImpl: new (executor: Executor, isJS: boolean) => Handler;
  };
}

function placesOf(require: NodeJS.Require): Places {
  const file = vendored('tslab', 'index.js');
  if (file !== null)
    return { typescript: path.join(path.dirname(file), 'typescript', 'typescript.js'), load: now => now(file) };
  const paths = [path.dirname(require.resolve('tslab'))];
  return {
    typescript: require.resolve('@tslab/typescript-for-tslab', { paths }),
    load: now => ({ ...now('tslab/dist/converter'), ...now('tslab/dist/executor'), ...now('tslab/dist/jupyter') }),
  };
}

function patchTypeScript(require: NodeJS.Require, file: string, hooks: Hooks): TypeScript {
  const original: TypeScript = require(file);
  const loaded = require.cache[file];
  if (loaded === undefined) throw new Error(`${file} is not in the module cache after it was loaded`);
  const replaced: Partial<TypeScript> = {
    createWatchCompilerHost: (files, options, ...rest) =>
      original.createWatchCompilerHost(files, { ...options, ...hooks.compilerOptions }, ...rest),
    createWatchProgram: host => {
      const created = host.afterProgramCreate;
      host.afterProgramCreate = builder => {
        mendEmit(original, builder);
        created?.(builder);
      };
      return original.createWatchProgram(host);
    },
    transpileModule: (input, options) => {
      const result = original.transpileModule(input, {
        ...options,
        compilerOptions: { ...options.compilerOptions, sourceMap: true },
      });
      const text = result.outputText.replace(/\n?\/\/# sourceMappingURL=.*\s*$/, '\n');
      return { ...result, outputText: hooks.compiled(input, text, result.sourceMapText ?? '') };
    },
  };
  loaded.exports = { ...original, ...replaced };
  return original;
}

function syntaxErrors(ts: TypeScript, source: string): readonly Diagnostic[] {
  // As a module, so that a top-level await parses.
  const file = ts.createSourceFile('cell.ts', `export {};\n${source}`, ts.ScriptTarget.Latest);
  return (file.parseDiagnostics ?? []).map(({ start, messageText }) => {
    const { line, character } = file.getLineAndCharacterOfPosition(start);
    return { start: { line: line - 1, character }, messageText: ts.flattenDiagnosticMessageText(messageText, ' ') };
  });
}

/** Loads tslab with changed compiler options; must run before anything else loads tslab. */
export function loadTslab(hooks: Hooks): Tslab {
  const require = createRequire(import.meta.url);
  const places = placesOf(require);
  const ts = patchTypeScript(require, places.typescript, hooks);
  const { createConverter, createExecutor, JupyterHandlerImpl } = places.load(require);
  return {
    typescriptVersion: ts.version,
    syntaxErrors: source => syntaxErrors(ts, source),
    createConverter,
    createExecutor,
    createHandler: executor => new JupyterHandlerImpl(executor, false),
  };
}
