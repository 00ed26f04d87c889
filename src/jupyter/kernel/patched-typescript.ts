/** Where TypeScript is changed under tslab's checker. It knows no Node: the site's checker runs in a page. */
import type * as TS from '@tslab/typescript-for-tslab';
import type { TypeScript } from './cell-scopes.js';
import {
  type CellNames,
  cellFile,
  earlierFile,
  earlierValues,
  innerVars,
  type Locals,
  ownSources,
} from './checker-names.js';
import { nameModulesOnce } from './earlier-imports.js';

/** Where the wrapper changes tslab's TypeScript. */
export interface Hooks {
  /** Added to the compiler options of cells. */
  readonly compilerOptions: Readonly<Record<string, unknown>>;
  /** Gets the ES module that TypeScript made of a cell; gives what runs. */
  readonly compile: (module: string, names: CellNames) => string;
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

export interface Patch extends Hooks {
  /** Files of the types of JavaScript's own library. */
  readonly libraries: readonly string[];
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

/** What tslab takes for TypeScript's module. @param typescript complete for tslab */
export function patched(typescript: TypeScript, { libraries, changes, once, last, ...hooks }: Patch): TypeScript {
  const original = typescript as TypeScript & Called;
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
          { ...options, ...hooks.compilerOptions, lib: libraries },
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
  return { ...original, ...replaced } as unknown as TypeScript;
}

const inlineMap = /\n?\/\/# sourceMappingURL=data:application\/json;base64,([A-Za-z0-9+/=]+)\s*$/;

/** The source map in a compiled text, as TypeScript wrote it. */
export function mapIn(text: string): { readonly sources?: readonly string[] } | undefined {
  const map = inlineMap.exec(text)?.[1];
  return map === undefined
    ? undefined
    : JSON.parse(new TextDecoder().decode(Uint8Array.from(atob(map), letter => letter.charCodeAt(0))));
}

/** Else it is a file that a cell imports. */
const isCell = (text: string): boolean => mapIn(text)?.sources?.[0]?.endsWith(cellFile.slice(1)) === true;
