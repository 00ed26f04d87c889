/** From the words on the command line to an exit code. */
import { createRequire } from 'node:module';
import { Interrupted } from '../model/interrupt.js';
import { nearest } from '../model/nearest.js';
import { readArguments } from './arguments.js';
import { helpOf, overview } from './help.js';
import { commands } from './list.js';
import { nodeComplaint } from './node-version.js';
import { BadInput } from './spec.js';

/** Bad arguments and bad input, in every command. */
const BAD = 3;

/** Runs `put-page ARGV…`; the result is the exit code. */
export async function main(argv: readonly string[]): Promise<number> {
  const complaint = nodeComplaint(process.version);
  if (complaint !== null) return refuse('put-page', complaint);
  const [first, ...rest] = argv;
  if (first === undefined) {
    process.stdout.write(overview(commands));
    return BAD;
  }
  if (first === '--version' || first === '-V') {
    process.stdout.write(`${version()}\n`);
    return 0;
  }
  if (first === '--help' || first === '-h' || first === 'help') return help(rest[0]);
  return run(first, rest);
}

function version(): string {
  const { version: now } = createRequire(import.meta.url)('../../package.json') as { version: string };
  return now;
}

function help(name: string | undefined): number {
  if (name === undefined || name.startsWith('-')) {
    process.stdout.write(overview(commands));
    return 0;
  }
  const spec = specOf(name);
  if (spec === undefined) return unknown(name);
  process.stdout.write(helpOf(name, spec));
  return 0;
}

const specOf = (name: string) => (Object.hasOwn(commands, name) ? commands[name] : undefined);

async function run(name: string, args: readonly string[]): Promise<number> {
  const spec = specOf(name);
  if (spec === undefined) return unknown(name);
  if (args.includes('--version')) return main(['--version']);
  try {
    const given = readArguments(args, spec);
    if (given.options['--help'] !== undefined) return help(name);
    return await (await spec.load()).main(given);
  } catch (error) {
    if (error instanceof Interrupted) return interrupted(name, error.message);
    if (!(error instanceof BadInput)) throw error;
    return refuse(`put-page ${name}`, error.message);
  }
}

/** As a shell says it of a process that Ctrl-C ended. */
const CTRL_C = 130;

function interrupted(name: string, sentence: string): number {
  refuse(`put-page ${name}`, sentence);
  return CTRL_C;
}

function unknown(name: string): number {
  const known = name.startsWith('-') ? ['--help', '--version'] : Object.keys(commands);
  const meant = nearest(name, known);
  const what = name.startsWith('-') ? 'option' : 'command';
  const suggestion = meant === undefined ? '' : ` Did you mean '${meant}'?`;
  return refuse('put-page', `there is no ${what} '${name}'.${suggestion} 'put-page help' lists the commands.`);
}

function refuse(who: string, sentence: string): number {
  process.stderr.write(`${who}: ${sentence.trimEnd()}\n`);
  return BAD;
}
