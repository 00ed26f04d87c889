/** Arguments of `put-page explore` and `put-page scenarios`; what is wrong with them is told in a sentence. */

/** A sentence for the user instead of a stack trace. */
export class BadInput extends Error {}

/** An option: `true` stands alone, a text names the value that follows, a list is the values that may follow. */
export type Options = Readonly<Record<string, true | string | readonly string[]>>;

export interface Given {
  readonly words: readonly string[];
  /** By option; an option may be given more than once. */
  readonly options: Readonly<Record<string, readonly string[]>>;
}

/** Reads `--name value`, `--name=value` and words. Errors: BadInput. */
export function readArguments(args: readonly string[], known: Options): Given {
  const words: string[] = [];
  const options: Record<string, string[]> = {};
  for (let i = 0; i < args.length; i++) {
    const arg = args[i] ?? '';
    if (!arg.startsWith('-')) {
      words.push(arg);
      continue;
    }
    const [name = '', inline] = arg.startsWith('--') && arg.includes('=') ? splitOnce(arg) : [arg];
    const expected = Object.hasOwn(known, name) ? known[name] : undefined;
    if (expected === undefined)
      throw new BadInput(`there is no option '${name}'; expected ${Object.keys(known).join(', ')}`);
    if (expected === true && inline !== undefined) throw new BadInput(`${name} takes no value, but '${arg}' was given`);
    const value = expected === true ? '' : (inline ?? args[++i]);
    const wanted = typeof expected === 'object' ? expected.join(' | ') : expected;
    if (value === undefined) throw new BadInput(`${name} needs a value: ${name} ${wanted}`);
    if (typeof expected === 'object' && !expected.includes(value))
      throw new BadInput(`${name} ${value}: expected ${wanted}`);
    const before = options[name] ?? [];
    if (before.length > 0 && name !== '--set') throw new BadInput(`${name} was given twice; expected it once`);
    options[name] = [...before, value];
  }
  return { words, options };
}

function splitOnce(text: string): [string, string] {
  const at = text.indexOf('=');
  return [text.slice(0, at), text.slice(at + 1)];
}

/** `name=value` as it is given to `--set`. Errors: BadInput. */
export function readSetting(text: string): readonly [string, string] {
  const [name, value] = splitOnce(text.includes('=') ? text : `${text}=`);
  if (name === '' || value === '') throw new BadInput(`--set ${text}: expected name=value, such as --set pages=3`);
  return [name, value];
}

/** A bound of the search. Errors: BadInput. */
export function readBound(name: string, text: string): number {
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (!Number.isSafeInteger(value) || value < 1)
    throw new BadInput(
      `${name} ${text}: expected a whole number of at least 1${value === 0 ? ': a bound of zero looks at nothing' : ''}`,
    );
  return value;
}
