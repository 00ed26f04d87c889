/** `put-page affected [RELEASE | -] [--json] [--all]`: does this kernel have one of the bugs? */
import { readFileSync } from 'node:fs';
import os from 'node:os';
import { type AffectedReport, ANSWERS, affected } from '../linux/data/affected.js';
import { affectedText } from '../linux/data/affected-text.js';
import { KernelError } from '../linux/data/error.js';
import { has } from './arguments.js';
import { BadInput, type Given } from './spec.js';

const EXIT = { affected: 1, 'not-known': 2, fixed: 0, never: 0 } as const;

/** Runs the command; returns the exit code of the worst answer. Errors: BadInput. */
export async function main(given: Given): Promise<number> {
  const reports = asked(given.words).map(({ text, where }) => reportOf(text, where));
  const shown = has(given, '--json')
    ? `${JSON.stringify(given.words[0] === '-' ? reports : reports[0], null, 2)}\n`
    : reports.map(r => affectedText(r, has(given, '--all'))).join('\n');
  process.stdout.write(shown);
  const worst = ANSWERS.find(a => reports.some(r => r.worst === a)) ?? 'never';
  return EXIT[worst];
}

interface Asked {
  readonly text: string;
  /** For a message: which line of the input it was. */
  readonly where: string;
}

/** A kernel of Debian and the version of its package, as `6.1.0-18-amd64 6.1.76-1`: two words, one kernel. */
const DEBIAN = /^\S+(?:-\d+|\+deb\d+)-[a-z]\S* \d+\.\d+\.\d+-\d\S*$/;

/** The kernels that are asked about: the words together are one, a line of standard input is one each. */
function asked(words: readonly string[]): readonly Asked[] {
  if (words.length === 0) return [{ text: `${os.release()} ${os.version()}`, where: 'this machine: ' }];
  const several = words.filter(word => /^v?\d+\.\d+/.test(word));
  if (several.length > 1 && several.length === words.length && !DEBIAN.test(words.join(' ')))
    throw new BadInput(
      `one kernel at a time: '${several.join("' and '")}' were given; put several on standard input, one per line, and use '-'`,
    );
  if (words[0] !== '-') return [{ text: words.join(' '), where: '' }];
  if (words.length > 1) throw new BadInput(`'-' stands alone: '${words.join(' ')}' was given`);
  const lines = standardInput()
    .split('\n')
    .map((text, i) => ({ text: text.trim(), where: `line ${i + 1}: ` }))
    .filter(({ text }) => text !== '');
  if (lines.length === 0)
    throw new BadInput(
      'standard input is empty; expected one kernel release per line, as uname -r or uname -a prints it',
    );
  return lines;
}

/** Lines longer than this are no release. */
const LONGEST = 10_000_000;

function standardInput(): string {
  let bytes: Buffer;
  try {
    bytes = readFileSync(0);
  } catch (error) {
    throw new BadInput(`standard input cannot be read: ${(error as Error).message}; expected lines of uname`);
  }
  if (bytes.length > LONGEST)
    throw new BadInput(`standard input has ${bytes.length} bytes; expected lines of uname, at most ${LONGEST} bytes`);
  return bytes.toString('utf8');
}

function reportOf(text: string, where: string): AffectedReport {
  try {
    return affected(text);
  } catch (error) {
    if (error instanceof KernelError) throw new BadInput(`${where}${error.message}`);
    throw error;
  }
}
