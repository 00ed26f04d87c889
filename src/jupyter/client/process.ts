/** The kernel's process: started with this Node, its own log kept for error messages, its end reported once. */
import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parentVariable } from '../kernel/watch-parent.js';

export const kernelMain = fileURLToPath(new URL('../kernel/main.js', import.meta.url));

/**
 * An interrupt may end a cell's code in the middle of a timer's callback; Node then takes its own books of who called
 * whom for corrupted, and would end the process.
 */
export const kernelFlags = ['--no-force-async-hooks-checks'];

const logChars = 4000;

export interface ProcessOptions {
  /** Added to this process's environment. */
  readonly env?: Readonly<Record<string, string>> | undefined;
}

export class KernelProcess {
  readonly #child: ChildProcess;
  #log = '';
  /** Resolves with a sentence that says how the process ended. */
  readonly ended: Promise<string>;
  #running = true;

  constructor(connectionFile: string, options: ProcessOptions) {
    this.#child = spawn(process.execPath, [...kernelFlags, kernelMain, '--connection-file', connectionFile], {
      env: { ...process.env, ...options.env, [parentVariable]: String(process.pid) },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const keep = (data: Buffer): void => {
      this.#log = (this.#log + data.toString('utf8')).slice(-logChars);
    };
    this.#child.stdout?.on('data', keep);
    this.#child.stderr?.on('data', keep);
    this.ended = new Promise(resolve => {
      const end = (how: string): void => {
        this.#running = false;
        const words = ownWords(this.#log);
        resolve(words === '' ? how : `${how}; its last words:\n${words}`);
      };
      this.#child.on('error', error => end(`the kernel did not start: ${error.message}`));
      this.#child.on('close', (code, signal) =>
        end(signal === null ? `the kernel ended with exit code ${code}` : `the kernel was ended by ${signal}`),
      );
    });
  }

  get running(): boolean {
    return this.#running;
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  signal(name: 'SIGINT' | 'SIGKILL'): void {
    if (this.#running) this.#child.kill(name);
  }

  /** Waits for the end; after `patienceMs` it is enforced. */
  async end(patienceMs: number): Promise<void> {
    const timer = setTimeout(() => this.signal('SIGKILL'), patienceMs);
    await this.ended;
    clearTimeout(timer);
  }
}

/** What a kernel wrote to its log, without what Node says of the debugger by which loops are interrupted. */
function ownWords(log: string): string {
  const said = /^(Debugger (listening|attached|ending)|Waiting for the debugger|For help, see: https:\/\/nodejs)/;
  const own = log.split('\n').filter(line => !said.test(line));
  return own.join('\n').trim();
}
