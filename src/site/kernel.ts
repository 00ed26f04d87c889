/**
 * The kernel of the site: runs a notebook's cells with the same last step as the kernel of Jupyter, so that variables live as long there as here.
 * Types are taken off and not checked. No page and no Node in it.
 */
import { Comms, type Incoming, type Publish } from '../jupyter/comms/comms.js';
import { type CommHost, commsSymbol } from '../jupyter/comms/host.js';
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
  | {
      readonly output_type: 'display_data' | 'execute_result';
      readonly data: MimeBundle;
      /** It may be changed later, by this name. */
      readonly id?: string;
    }
  | {
      readonly output_type: 'error';
      readonly ename: string;
      readonly evalue: string;
      readonly traceback?: readonly string[];
    };

export type Emit = (output: CellOutput) => void;

/** A page in which controls move. Where there is none, cells find no front end to speak to, and nothing that is shown changes later. */
export interface Front {
  /** What stands under this id is something else now. */
  update(id: string, data: MimeBundle): void;
  readonly comm: Publish;
  /** Does the work when the messages that have already come are done, alone as a cell is. */
  later(work: () => void): Promise<void>;
}

type Host = Record<symbol, unknown>;

/** A module's variable is one of the cell's, and so is what it imports. */
const locals = (file: unknown): Iterable<string> => (file as { locals?: Map<string, unknown> }).locals?.keys() ?? [];

export class SiteKernel {
  readonly #ts: TypeScript;
  readonly #modules: Readonly<Record<string, unknown>>;
  readonly #variables = new CellVariables();
  readonly #earlier = new Set<string>();
  readonly #front: Front | undefined;
  readonly #comms: Comms | undefined;
  /** By comm: what its cell says its outputs to. */
  readonly #emits = new Map<string, Emit>();
  #runs = 0;
  #lines = 0;
  #emit: Emit = () => {};

  /** @param modules what cells may import, by name */
  constructor(ts: TypeScript, modules: Readonly<Record<string, unknown>>, front?: Front) {
    this.#ts = ts;
    this.#modules = modules;
    this.#front = front;
    const host = globalThis as unknown as Host;
    host[displaySymbol] = (data: MimeBundle, updatable?: Updatable) => this.#display(data, updatable);
    if (front === undefined) return;
    const comms = new Comms(front.comm, () => `${this.#runs}-${++this.#lines}`);
    this.#comms = comms;
    host[commsSymbol] = {
      open: (target, message) => {
        const comm = comms.open(target, message);
        this.#emits.set(comm.id, this.#emit);
        return comm;
      },
      newId: () => comms.newId(),
      register: (target, opened) => comms.register(target, opened),
      later: work => {
        const emit = this.#emit;
        return front.later(() => {
          this.#emit = emit;
          work();
        });
      },
    } satisfies CommHost;
  }

  #display(data: MimeBundle, updatable?: Updatable): void {
    if (updatable === undefined) this.#emit({ output_type: 'display_data', data });
    else if (this.#front === undefined) return;
    else if (updatable.update) this.#front.update(updatable.id, data);
    else this.#emit({ output_type: 'display_data', data, id: updatable.id });
  }

  /**
   * Runs one cell to its end; false where it threw.
   * @param cell what an earlier run of it opened is closed
   */
  async run(source: string, emit: Emit, cell?: string): Promise<boolean> {
    this.#emit = emit;
    this.#runs++;
    this.#lines = 0;
    const console = this.#takeConsole();
    this.#comms?.beginCell(cell);
    try {
      const result = await this.#evaluate(this.#compiled(source));
      if (result !== undefined)
        emit({ output_type: 'execute_result', data: bundleOf(result) ?? { 'text/plain': inspected(result) } });
      return true;
    } catch (error) {
      emit({ output_type: 'error', ...described(error) });
      return false;
    } finally {
      this.#comms?.endCell();
      // With a page, what a control makes a cell print is the cell's too, whenever that is.
      if (this.#front === undefined) globalThis.console = console;
    }
  }

  /** A message of the page to one of its controls. What the handler throws is told below the cell. */
  async take(message: Incoming): Promise<void> {
    const emit = this.#emits.get(String(message.content.comm_id)) ?? this.#emit;
    this.#emit = emit;
    try {
      await this.#comms?.take(message);
    } catch (error) {
      const { ename, evalue } = described(error);
      emit({ output_type: 'stream', name: 'stderr', text: `${ename}: ${evalue}\n` });
    }
  }

  /** The console that was there. */
  #takeConsole(): Console {
    const { console } = globalThis;
    const stream =
      (name: 'stdout' | 'stderr') =>
      (...values: readonly unknown[]) =>
        void this.#emit({ output_type: 'stream', name, text: `${printed(values)}\n` });
    const [out, err] = [stream('stdout'), stream('stderr')];
    globalThis.console = { ...console, log: out, info: out, warn: err, error: err };
    return console;
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
