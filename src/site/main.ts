/** `npm run site [-- --out DIR]` */
import path from 'node:path';
import { parseArgs } from 'node:util';
import { projectRoot } from '../jupyter/project-root.js';
import { buildSite, UnfitFolder } from './build.js';

const USAGE = `usage: npm run site [-- --out DIR]

Makes the static site: a folder of files for any web server.
  --out DIR  where it goes; site/ in the project unless told
`;

/** The folder that is asked for; null: only the usage is. Errors: an option that is not known, words. */
function asked(args: readonly string[]): string | null {
  const options = {
    out: { type: 'string', default: path.join(projectRoot, 'site') },
    help: { type: 'boolean', short: 'h' },
  } as const;
  const { values } = parseArgs({ args: [...args], options });
  return values.help === true ? null : path.resolve(values.out);
}

try {
  const out = asked(process.argv.slice(2));
  if (out === null) process.stdout.write(USAGE);
  else {
    await buildSite(out);
    process.stdout.write(`${out}: put this folder on any web server\n`);
  }
} catch (error) {
  const { code, message, syscall } = error as NodeJS.ErrnoException;
  const misread = code?.startsWith('ERR_PARSE_ARGS') === true;
  // What is wrong with the folder or the words is a sentence; anything else is our own fault and keeps its stack.
  if (!misread && syscall === undefined && !(error instanceof UnfitFolder)) throw error;
  process.stderr.write(misread ? `${message.split('. To specify')[0]}\n${USAGE}` : `no site was made: ${message}\n`);
  process.exitCode = misread ? 2 : 1;
}
