/** Reads the arguments of a command by its spec. What is wrong with them is said in a sentence. */
import { parseArgs } from 'node:util';
import { whatThereIs } from '../model/nearest.js';
import { BadInput, type CommandSpec, type Given, type OptionSpec } from './spec.js';

/** Errors: BadInput. `--help` and `-h` are known everywhere. */
export function readArguments(args: readonly string[], spec: CommandSpec): Given {
  const { tokens } = parseArgs({
    args: [...args],
    options: parserOptions(spec),
    allowPositionals: true,
    strict: false,
    tokens: true,
  });
  const words: string[] = [];
  const options: Record<string, string[]> = {};
  for (const token of tokens) {
    if (token.kind === 'positional') words.push(token.value);
    if (token.kind !== 'option') continue;
    const { name, value } = checkedOption(token.rawName, token.value, spec);
    const before = options[name] ?? [];
    if (before.length > 0 && spec.options[name as `--${string}`]?.many !== true)
      throw new BadInput(`${name} was given twice; expected it once`);
    options[name] = [...before, value];
  }
  if (options['--help'] === undefined) checkWords(words, spec, options);
  return { words, options, args };
}

function parserOptions(spec: CommandSpec): Record<string, { type: 'boolean' | 'string'; short?: string }> {
  const known = Object.entries(spec.options).map(
    ([name, option]) => [name.slice(2), { type: option.value === undefined ? 'boolean' : 'string' }] as const,
  );
  return { ...Object.fromEntries(known), help: { type: 'boolean', short: 'h' } };
}

function checkedOption(given: string, value: string | undefined, spec: CommandSpec): { name: string; value: string } {
  const name = given === '-h' ? '--help' : given;
  const known: Readonly<Record<string, OptionSpec>> = { ...spec.options, '--help': { meaning: 'this text' } };
  const option = Object.hasOwn(known, name) ? known[name] : undefined;
  if (option === undefined)
    throw new BadInput(`there is no option '${given}'; expected ${whatThereIs(given, Object.keys(known))}`);
  if (option.value === undefined) {
    if (value !== undefined) throw new BadInput(`${name} takes no value, but '${value}' was given`);
    return { name, value: '' };
  }
  const wanted = typeof option.value === 'string' ? option.value : option.value.join(' | ');
  if (value === undefined || value === '') throw new BadInput(`${name} needs a value: ${name} ${wanted}`);
  if (typeof option.value !== 'string' && !option.value.includes(value))
    throw new BadInput(`${name} ${value}: expected ${wanted}`);
  return { name, value };
}

function checkWords(words: readonly string[], spec: CommandSpec, options: Given['options']): void {
  const { least, most, usage, noun } = spec.words ?? { least: 0, most: 0, usage: '', noun: 'name' };
  const setting = words.find(word => /^[\w-]+=/.test(word));
  const last = options['--set']?.at(-1);
  if (setting !== undefined && last !== undefined)
    throw new BadInput(`'${setting}' stands alone; write --set ${last},${setting} or --set ${last} --set ${setting}`);
  if (words.length < least) throw new BadInput(`name a ${noun}: expected ${usage}; --help says more`);
  if (words.length <= most) return;
  const limit =
    most === 0 ? 'it takes options only' : most === 1 ? `one ${noun} at a time` : `at most ${most} ${noun}s`;
  throw new BadInput(`${limit}: '${words.join(' ')}' was given`);
}

/** `name=value` pairs as they are given to `--set`: `a=1`, or `a=1,b=2`. Errors: BadInput. */
export function readSettings(texts: readonly string[]): readonly (readonly [name: string, value: string])[] {
  const pairs = texts.flatMap(text => text.split(/,(?=[\w-]+=)/)).map(readSetting);
  const names = pairs.map(([name]) => name);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) throw new BadInput(`--set ${twice} was given twice; expected it once`);
  return pairs;
}

function readSetting(text: string): readonly [string, string] {
  const at = text.indexOf('=');
  if (at < 1 || at === text.length - 1) throw new BadInput(`--set ${text}: expected name=value, such as --set pages=3`);
  return [text.slice(0, at), text.slice(at + 1)];
}

/** A bound of a search. Errors: BadInput. */
export function readBound(name: string, text: string): number {
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (!Number.isSafeInteger(value) || value < 1)
    throw new BadInput(`${name} ${text}: expected a whole number, 1 or more`);
  return value;
}

/** The value of an option that is given at most once. */
export function one(given: Given, name: `--${string}`): string | undefined {
  return given.options[name]?.[0];
}

export function has(given: Given, name: `--${string}`): boolean {
  return given.options[name] !== undefined;
}
