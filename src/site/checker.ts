/**
 * The checker of the site: what a cell declares, what is wrong with it and what can stand in it, by the same steps as in the kernel of Jupyter and
 * over declarations that lie in memory. No page and no Node in it.
 */
import type * as TS from '@tslab/typescript-for-tslab';
import type { TypeScript } from '../jupyter/kernel/cell-scopes.js';
import { exported, syntaxMessages } from '../jupyter/kernel/cell-syntax.js';
import { cellErrors, checkCell, type Finding } from '../jupyter/kernel/check.js';
import { type Completions, completionsIn, type TslabCompletions } from '../jupyter/kernel/completions.js';
import { convertCell } from '../jupyter/kernel/convert-cell.js';
import { fromDiagnostics, type JupyterError } from '../jupyter/kernel/diagnostics.js';
import { patched } from '../jupyter/kernel/patched-typescript.js';
import { plainHint } from '../jupyter/kernel/plain-types.js';
import type { Converter } from '../jupyter/kernel/tslab.js';
import { completeForTslab } from '../jupyter/kernel/typescript-shim.js';

/** Where the library lies for the checker. */
export const ROOT = '/page';

export interface Types {
  /** By module, the file of its declarations, below `ROOT`. */
  readonly paths: Readonly<Record<string, readonly string[]>>;
  /** Files of the types of JavaScript's own library. */
  readonly libraries: readonly string[];
  readonly files: Readonly<Record<string, string>>;
}

/** tslab's converter, as it is. */
export interface TslabConverter extends Converter {
  inspect(previous: string, source: string, at: number): TS.QuickInfo | undefined;
  complete(previous: string, source: string, at: number): TslabCompletions;
}

/** A file system that holds these files, and nothing else. */
export function systemOf(files: ReadonlyMap<string, string>): TS.System {
  const folders = new Set(['/']);
  for (const file of files.keys())
    for (let at = file.lastIndexOf('/'); at > 0; at = file.lastIndexOf('/', at - 1)) folders.add(file.slice(0, at));
  const nothing = { close: (): void => {} };
  return {
    args: [],
    newLine: '\n',
    useCaseSensitiveFileNames: true,
    write: () => {},
    readFile: file => files.get(file),
    writeFile: () => {},
    resolvePath: file => file,
    realpath: file => file,
    fileExists: file => files.has(file),
    directoryExists: folder => folders.has(folder.length > 1 ? folder.replace(/\/$/, '') : folder),
    createDirectory: () => {},
    getExecutingFilePath: () => '/lib/typescript.js',
    getCurrentDirectory: () => ROOT,
    getDirectories: folder =>
      [...folders].flatMap(one =>
        one.startsWith(`${folder}/`) && !one.slice(folder.length + 1).includes('/')
          ? [one.slice(folder.length + 1)]
          : [],
      ),
    readDirectory: () => [],
    exit: () => {},
    watchFile: () => nothing,
    watchDirectory: () => nothing,
  };
}

/** @param load tslab's converter, over this TypeScript */
export async function checkerOf(
  typescript: TypeScript,
  { paths, libraries, files }: Types,
  load: (patched: TypeScript) => Promise<(options: { isJS: boolean; isBrowser: boolean }) => TslabConverter>,
): Promise<SiteChecker> {
  (typescript as unknown as { setSys(system: TS.System): void }).setSys(systemOf(new Map(Object.entries(files))));
  const ts: TypeScript = completeForTslab(typescript);
  const last: { program?: TS.Program } = {};
  const names = { inner: '' };
  const once = { armed: false };
  const over = patched(ts, {
    libraries,
    changes: [],
    once,
    last,
    compilerOptions: {
      baseUrl: ROOT,
      paths,
      types: ['page'],
      typeRoots: ['/types'],
      strictFunctionTypes: true,
      strictBindCallApply: true,
      inlineSourceMap: true,
    },
    // The cell runs elsewhere, where it is compiled anew.
    compile: (_, { inner }) => {
      names.inner = inner;
      return '';
    },
  });
  const converter = (await load(over))({ isJS: false, isBrowser: false });
  const convert: Converter['convert'] = (previous, source) => {
    once.armed = true;
    names.inner = '';
    return converter.convert(previous, exported(ts, source));
  };
  return new SiteChecker(ts, { ...converter, convert }, last, () => names.inner);
}

export class SiteChecker {
  readonly #ts: TypeScript;
  readonly #converter: TslabConverter;
  readonly #last: { readonly program?: TS.Program };
  readonly #inner: () => string;
  /** What the cells that ran have declared. */
  #previous = '';
  #next: string | undefined;

  constructor(ts: TypeScript, converter: TslabConverter, last: { readonly program?: TS.Program }, inner: () => string) {
    this.#ts = ts;
    this.#converter = converter;
    this.#last = last;
    this.#inner = inner;
  }

  /** The kernel has begun anew: no cell has run. */
  begin(): void {
    this.#previous = '';
    this.#next = undefined;
  }

  /** What is wrong with a cell that is to run; undefined: nothing. */
  convert(source: string): JupyterError | undefined {
    this.#next = undefined;
    const { diagnostics, declOutput } = convertCell(
      this.#ts,
      this.#converter.convert,
      { previous: this.#previous, source },
      this.#inner,
    );
    if (diagnostics.length > 0) return fromDiagnostics(diagnostics, source);
    this.#next = declOutput ?? '';
    return undefined;
  }

  /** That cell has run: later ones know what it declared. */
  keep(): void {
    this.#previous = this.#next ?? this.#previous;
    this.#next = undefined;
  }

  get #program(): TS.Program {
    const { program } = this.#last;
    if (program === undefined) throw new Error('the checker has no program');
    return program;
  }

  /** What is wrong with a text that nobody has run. @param others texts of the other cells */
  check(source: string, others: readonly string[]): readonly Finding[] {
    const ts = this.#ts;
    return checkCell(ts, source, others, text => {
      const whole = syntaxMessages(ts, text).length > 0 ? text : exported(ts, text);
      this.#converter.inspect(this.#previous, whole, 0);
      return cellErrors(ts, this.#program);
    });
  }

  complete(source: string, at: number): Completions {
    const given = this.#converter.complete(this.#previous, source, at);
    return completionsIn(this.#ts, this.#program, given, { source, at });
  }

  /** The type of a name, and its doc comment; undefined where there is none. */
  inspect(source: string, at: number): string | undefined {
    const info = this.#converter.inspect(this.#previous, source, at);
    if (info === undefined) return undefined;
    const text = (parts: readonly TS.SymbolDisplayPart[] = []): string => parts.map(part => part.text).join('');
    const said = [text(info.displayParts), text(info.documentation)].filter(part => part !== '');
    return said.length === 0 ? undefined : plainHint(said.join('\n\n'));
  }
}
