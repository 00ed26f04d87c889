/** `put-page kernel install [--prefix DIR]` */
import path from 'node:path';
import { parseArgs } from 'node:util';
import { kernelDisplayName } from '../notebook/nbformat.js';
import { installKernelspec, userDataFolder } from './kernelspec.js';

const usage = 'usage: put-page kernel install [--prefix DIR]';

function readArgs(args: readonly string[]): { action: string | undefined; prefix: string | undefined } {
  const { values, positionals } = parseArgs({
    args: [...args],
    options: { prefix: { type: 'string' } },
    allowPositionals: true,
  });
  return { action: positionals.length === 1 ? positionals[0] : undefined, prefix: values.prefix };
}

export async function main(args: readonly string[]): Promise<number> {
  try {
    const { action, prefix } = readArgs(args);
    if (action !== 'install') {
      console.error(usage);
      return 3;
    }
    const folder =
      prefix === undefined ? userDataFolder(process.platform, process.env) : path.resolve(prefix, 'share', 'jupyter');
    console.log(`${installKernelspec(folder)} written: Jupyter and VS Code now offer "${kernelDisplayName}"`);
    return 0;
  } catch (error) {
    if (!(error instanceof Error) || !('code' in error)) throw error;
    const known = String(error.code).startsWith('ERR_PARSE_ARGS');
    console.error(`put-page kernel: ${error.message}${known ? `\n${usage}` : '; --prefix DIR writes elsewhere'}`);
    return known ? 3 : 1;
  }
}
