/** The options of `put-page start`. */

export interface StartOptions {
  readonly port: number;
  readonly browser: boolean;
  /** Folder with the notebooks; default `notebooks/` of the clone. */
  readonly notebooks?: string;
}

export const USAGE = 'start [--port N] [--no-browser] [--notebooks DIR]';
export const DEFAULT_PORT = 8888;

/** Parses the arguments, or returns a sentence that says which one is wrong. */
export function parseOptions(args: readonly string[]): StartOptions | string {
  let port = DEFAULT_PORT;
  let browser = true;
  let notebooks: string | undefined;
  for (let i = 0; i < args.length; i++) {
    const [flag = '', inline] = splitFlag(args[i] ?? '');
    const value = (): string | undefined => inline ?? args[++i];
    if (flag === '--no-browser') browser = false;
    else if (flag === '--port') {
      const given = value();
      port = Number(given);
      if (given === undefined || !Number.isInteger(port) || port < 0 || port > 65535)
        return `--port wants a number from 0 (any free port) to 65535, not '${given ?? ''}'.`;
    } else if (flag === '--notebooks') {
      notebooks = value();
      if (notebooks === undefined) return '--notebooks wants a folder.';
    } else return `there is no option '${flag}'. Usage: put-page ${USAGE}`;
  }
  return { port, browser, ...(notebooks === undefined ? {} : { notebooks }) };
}

function splitFlag(arg: string): [string, string?] {
  const at = arg.indexOf('=');
  return at < 0 ? [arg] : [arg.slice(0, at), arg.slice(at + 1)];
}
