/** Runs cells: tslab checks and compiles them, our own last step makes them what runs, and what goes wrong is told. */
import { collectAnew } from '../../model/index.js';
import { type CellHelpers, compileCell, helpersKey } from './cell-code.js';
import { CellMaps } from './cell-maps.js';
import { importedValue, importMeta, importModule } from './cell-modules.js';
import { CellVariables } from './cell-variables.js';
import { checkCell, type Finding } from './check.js';
import type { CellNames } from './checker-names.js';
import { compilerOptions } from './compiler-options.js';
import type { Completions } from './completions.js';
import { convertCell } from './convert-cell.js';
import { fromDiagnostics, type JupyterError } from './diagnostics.js';
import { fromThrown } from './errors.js';
import { Interrupts, phases } from './interrupts.js';
import { RunContext } from './run-context.js';
import {
  type At,
  type Converted,
  type Converter,
  type Executor,
  type Handler,
  loadTslab,
  type Tslab,
  type WriteDisplay,
} from './tslab.js';
import { underWatchdog } from './watchdog.js';

/** Under this a library in a cell finds whom to ask to be told of an interrupt: a set of functions. */
const listenersKey = 'put-page: who is told of an interrupt';

/** One run of one cell. */
interface Run {
  readonly number: number;
  readonly source: string;
  interrupted: boolean;
  error?: JupyterError;
  result?: Result;
  /** Whose outputs these are, where they are not the cell's. */
  readonly owner?: object;
  /** Ends the waiting for what a handler gave. */
  stop?: () => void;
}

interface Result {
  readonly value: unknown;
}

export interface Outcome {
  readonly error?: JupyterError;
  readonly result?: Result;
}

/** What node calls the error of an interrupt before the cell's first `await`, and tslab the one after it. */
const interruptText = 'Interrupted asynchronously';

/** Above the number of any cell: what `serve` runs has a number of its own. */
const firstServed = 1 << 30;

export class Cells {
  readonly #root: string;
  readonly #tslab: Tslab;
  readonly #maps = new CellMaps();
  readonly #variables = new CellVariables();
  readonly #executor: Executor;
  readonly #handler: Handler;
  readonly #interrupts = new Interrupts(number => this.interrupt(number));
  /** What a cell's code does elsewhere (in a thread) is told by these; a handler of its own would take the signal away from the kernel. */
  readonly #listeners = new Set<() => void>();
  readonly #runs = new RunContext<Run>(run => run.interrupted);
  #run: Run = { number: 0, source: '', interrupted: false };
  #running = false;
  #served = firstServed;
  #asynchronous = false;
  #inner = '';

  constructor(root: string) {
    this.#root = root;
    (globalThis as unknown as Record<symbol, unknown>)[Symbol.for(listenersKey)] = this.#listeners;
    this.#tslab = loadTslab({
      compilerOptions: compilerOptions(root),
      compile: (module, names) => this.#compile(module, names),
    });
    this.#executor = this.#createExecutor();
    this.#handler = this.#tslab.createHandler(this.#executor);
  }

  get typescriptVersion(): string {
    return this.#tslab.ts.version;
  }

  /** Waits until a signal would be heard. */
  prepare(): void {
    this.#interrupts.waitUntilHeld();
  }

  /** Does work of the kernel itself; an interrupt waits until it is done. */
  protect<T>(work: () => T): T {
    return this.#interrupts.protect(work);
  }

  /** Asks tslab something about a text. */
  ask<T>(question: (handler: Handler) => T): T {
    return this.protect(() => question(this.#handler));
  }

  /** What can stand at a place in a text. */
  complete(at: At): Completions {
    return this.protect(() => this.#tslab.complete(this.#executor, at));
  }

  /**
   * What is wrong with a text, after the cells that ran. Nothing runs, and nothing of it is kept.
   * @param others the texts of the notebook's other cells: what they declare is not called unknown
   */
  check(source: string, others: readonly string[]): readonly Finding[] {
    const ask = (text: string) => this.#tslab.check(this.#executor, text);
    return this.protect(() => checkCell(this.#tslab.ts, source, others, ask));
  }

  onDisplay(write: WriteDisplay): void {
    this.#tslab.onDisplay(write);
  }

  /** Whether what runs now belongs to a cell that was interrupted: then nobody wants to hear of it. */
  get silent(): boolean {
    return this.#runs.current?.interrupted === true;
  }

  /** To whom belongs what is shown now: what `serve` was given; undefined in a cell. */
  get owner(): object | undefined {
    return this.#runs.current?.owner;
  }

  describe(thrown: unknown): JupyterError {
    return fromThrown(thrown, this.#maps, this.#root);
  }

  /** Interrupts the running cell; if a number is given, only that one. */
  interrupt(number = this.#run.number): void {
    const told = [...this.#listeners];
    if (!this.#running) {
      // A search that a control had begun goes on beside the cells.
      if (number >= 0) for (const tell of told) tell();
      return;
    }
    if (number !== this.#run.number) return;
    this.#run.interrupted = true;
    for (const tell of told) tell();
    const end = (): void => {
      this.#executor.interrupt();
      this.#run.stop?.();
    };
    // Whoever was told ends the cell with words of its own, if it is awaited.
    if (told.length > 0) setImmediate(end);
    else end();
  }

  /**
   * Runs what a message asks for as a cell is run: an interrupt ends it, and what it throws is described. Never beside a cell.
   * @param owner whose outputs it makes, also later
   */
  async serve(owner: object, work: () => unknown): Promise<{ readonly error?: JupyterError }> {
    const run: Run = { number: ++this.#served, source: '', interrupted: false, owner };
    const stopped = new Promise<never>((_, reject) => {
      run.stop = () => reject(new Error(interruptText));
    });
    stopped.catch(() => {});
    return await this.#alone(run, async () => {
      const given = this.#runs.run(run, () =>
        underWatchdog(() => {
          this.#interrupts.phase = phases.cell;
          return work();
        }),
      );
      this.#interrupts.phase = phases.free;
      await Promise.race([given, stopped]);
      return {};
    });
  }

  /** From here on an interrupt is this cell's, also before it runs. `run` follows at once. */
  claim(number: number): void {
    this.#interrupts.phase = phases.kernel;
    this.#interrupts.cell = number;
  }

  /** Runs one cell to its end. One at a time. */
  async run(number: number, source: string): Promise<Outcome> {
    const run: Run = { number, source, interrupted: false };
    return await this.#alone(run, async () => {
      const ok = await this.#runs.run(run, () => this.#start(run));
      if (ok) return run.result === undefined ? {} : { result: run.result };
      return { error: run.error ?? this.describe(undefined) };
    });
  }

  /**
   * An interrupt that ends code after an `await` drops every promise job that waits at that moment. So on this way nothing may be in the queue:
   * `return await`, for the `return` of a promise is such a job.
   */
  async #alone(run: Run, work: () => Promise<Outcome>): Promise<Outcome> {
    this.#run = run;
    this.#running = true;
    this.claim(run.number);
    try {
      return await work();
    } catch (error) {
      return { error: run.error ?? this.describe(error) };
    } finally {
      this.#running = false;
      this.#interrupts.phase = phases.free;
      this.#interrupts.cell = 0;
    }
  }

  #start(run: Run): Promise<boolean> {
    (globalThis as unknown as Record<symbol, unknown>)[Symbol.for(helpersKey)] = this.#helpers(run);
    collectAnew();
    // This compiles, and runs the cell up to its first `await`.
    const running = this.#executor.execute(run.source);
    this.#interrupts.phase = phases.free;
    return running;
  }

  #createExecutor(): Executor {
    const converter = this.#tslab.createConverter({ isJS: false, isBrowser: false });
    const node: Converter = {
      ...converter,
      convert: (previous, source) => {
        this.#maps.begin(this.#run.number, source);
        const converted = this.#convert(converter, previous, source);
        if (converted.diagnostics.length > 0) this.#run.error ??= fromDiagnostics(converted.diagnostics, source);
        return converted;
      },
    };
    return this.#tslab.createExecutor(
      this.#root,
      { node, browser: node, close: () => converter.close() },
      {
        // The last expression comes by `last`.
        log: () => {},
        error: (...args) => {
          this.#run.error ??= this.describe(args[0]);
        },
      },
    );
  }

  #convert(converter: Converter, previous: string, source: string): Converted {
    this.#inner = '';
    this.#asynchronous = false;
    const convert: Converter['convert'] = (before, text) => {
      this.#tslab.takeChanges();
      return converter.convert(before, text);
    };
    const converted = convertCell(this.#tslab.ts, convert, { previous, source }, () => this.#inner);
    return converted.diagnostics.length > 0 ? converted : { ...converted, hasToplevelAwait: this.#asynchronous };
  }

  #compile(module: string, { earlier, inner }: CellNames): string {
    const { captured } = this.#variables;
    const code = compileCell(this.#tslab.ts, module, { earlier, captured });
    for (const name of code.captured) captured.add(name);
    this.#asynchronous = code.asynchronous;
    this.#inner = inner;
    return this.#maps.compiled(module, code);
  }

  /** What the cell finds as `k··`. */
  #helpers(run: Run): CellHelpers {
    return {
      begin: () => {
        this.#interrupts.phase = phases.cell;
      },
      box: name => this.#variables.box(name),
      last: value => {
        // As tslab: what is nothing is not shown.
        if (value !== undefined && value !== null) run.result = { value };
      },
      resumed: value => {
        if (run.interrupted) throw new Error(interruptText);
        return value;
      },
      load: require => name => importModule(require, String(name)),
      imported: importedValue,
      meta: importMeta(this.#root, run.number),
    };
  }
}
