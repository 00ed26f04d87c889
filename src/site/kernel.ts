/**
 * The kernel of the site: runs a notebook's cells with the same last step as the kernel of Jupyter, so that variables live as long there as here.
 * Types are taken off and not checked. No page and no Node in it.
 */
import { bundleOf, displaySymbol, type MimeBundle, type Updatable } from '../jupyter/display.js';
import { compileCell, helpersKey, readerText } from '../jupyter/kernel/cell-code.js';
import { bind, type TypeScript } from '../jupyter/kernel/cell-scopes.js';
import { withoutExports } from '../jupyter/kernel/cell-source.js';
import { CellVariables } from '../jupyter/kernel/cell-variables.js';
import { collectAnew } from '../model/index.js';
import { inspected, printed } from './inspect.js';

/** An output as a notebook keeps it. */
export type CellOutput =
  | { readonly output_type: 'stream'; readonly name: 'stdout' | 'stderr'; readonly text: string }
  | { readonly output_type: 'display_data' | 'execute_result'; readonly data: MimeBundle }
  | { readonly output_type: 'error'; readonly ename: string; readonly evalue: string };

type Host = Record<symbol, unknown> & { console: Pick<Console, 'log' | 'error'> };

/** A module's variable is one of the cell's, and so is what it imports. */
const locals = (file: unknown): Iterable<string> => (file as { locals?: Map<string, unknown> }).locals?.keys() ?? [];

export class SiteKernel {
  readonly #ts: TypeScript;
  readonly #modules: Readonly<Record<string, unknown>>;
  readonly #variables = new CellVariables();
  readonly #earlier = new Set<string>();
  #emit: (output: CellOutput) => void = () => {};

  /** @param modules what cells may import, by name */
  constructor(ts: TypeScript, modules: Readonly<Record<string, unknown>>) {
    this.#ts = ts;
    this.#modules = modules;
    const host = globalThis as unknown as Host;
    host[displaySymbol] = (data: MimeBundle, updatable?: Updatable) => {
      // Nothing that is shown here changes later.
      if (updatable === undefined) this.#emit({ output_type: 'display_data', data });
    };
  }

  /** Runs one cell to its end; false where it threw. */
  async run(source: string, emit: (output: CellOutput) => void): Promise<boolean> {
    this.#emit = emit;
    const { console } = globalThis;
    const stream =
      (name: 'stdout' | 'stderr') =>
      (...values: readonly unknown[]) =>
        void emit({ output_type: 'stream', name, text: `${printed(values)}\n` });
    const said = {
      ...console,
      log: stream('stdout'),
      info: stream('stdout'),
      warn: stream('stderr'),
      error: stream('stderr'),
    };
    (globalThis as { console: unknown }).console = said;
    try {
      const result = await this.#evaluate(this.#compiled(source));
      if (result !== undefined)
        emit({ output_type: 'execute_result', data: bundleOf(result) ?? { 'text/plain': inspected(result) } });
      return true;
    } catch (error) {
      emit({ output_type: 'error', ...described(error) });
      return false;
    } finally {
      (globalThis as { console: unknown }).console = console;
    }
  }

  #compiled(source: string): string {
    const ts = this.#ts;
    const plain = withoutExports(ts, source);
    const { outputText, diagnostics = [] } = ts.transpileModule(plain, {
      reportDiagnostics: true,
      compilerOptions: {
        module: ts.ModuleKind.ESNext,
        target: ts.ScriptTarget.ES2022,
        verbatimModuleSyntax: true,
      },
    });
    const [wrong] = diagnostics;
    if (wrong !== undefined) throw new SyntaxError(ts.flattenDiagnosticMessageText(wrong.messageText, '\n'));
    const names = [...locals(bind(ts, `export {};\n${outputText}`))];
    // What is declared is exported: only that is kept.
    const module = names.length === 0 ? outputText : `${outputText}\nexport { ${names.join(', ')} };`;
    const code = compileCell(ts, module, { earlier: this.#earlier, captured: this.#variables.captured });
    for (const name of code.captured) this.#variables.captured.add(name);
    for (const name of names) this.#earlier.add(name);
    return code.text;
  }

  async #evaluate(text: string): Promise<unknown> {
    let result: unknown;
    (globalThis as unknown as Host)[Symbol.for(helpersKey)] = {
      begin: () => {},
      box: (name: string) => this.#variables.box(name),
      last: (value: unknown) => {
        if (value !== undefined && value !== null) result = value;
      },
      resumed: <T>(value: T): T => value,
      load: () => async (name: unknown) => this.#module(String(name)),
      imported: (module: Record<string, unknown>, name: string) => (name === '*' ? module : module[name]),
      meta: {},
    };
    collectAnew();
    const AsyncFunction = Object.getPrototypeOf(async () => {}).constructor;
    await new AsyncFunction('require', text)((name: string) => this.#module(name));
    return result;
  }

  #module(name: string): unknown {
    const found = this.#modules[name];
    if (found !== undefined) return found;
    throw new Error(`there is no module '${name}' here; a page has ${Object.keys(this.#modules).join(', ')}`);
  }
}

function described(error: unknown): { readonly ename: string; readonly evalue: string } {
  if (!(error instanceof Error)) return { ename: 'Error', evalue: inspected(error) };
  return { ename: error.name, evalue: readerText(error.message) };
}
