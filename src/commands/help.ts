/** Help, made from the specs. */
import type { CommandSpec, OptionSpec } from './spec.js';

const WIDTH = 100;

function shown(name: string, option: OptionSpec): string {
  if (option.value === undefined) return name;
  return `${name} ${typeof option.value === 'string' ? option.value : option.value.join('|')}`;
}

/** `put-page explore SCENARIO [--release R] …` */
export function usageLine(name: string, spec: CommandSpec): string {
  const options = Object.entries(spec.options).map(
    ([option, s]) => `[${shown(option, s)}${s.many === true ? ' …' : ''}]`,
  );
  return ['put-page', name, ...(spec.words === undefined ? [] : [spec.words.usage]), ...options].join(' ');
}

function wrapped(text: string, indent: number, first = ''): string {
  const lines: string[] = [];
  let line = first;
  for (const word of text.split(' ')) {
    if (line.length > indent && line.length + word.length + 1 > WIDTH) {
      lines.push(line);
      line = ' '.repeat(indent) + word;
    } else line = line.length <= indent ? line.padEnd(indent) + word : `${line} ${word}`;
  }
  return [...lines, line].join('\n');
}

/** What `put-page NAME --help` prints. */
export function helpOf(name: string, spec: CommandSpec): string {
  const rows: (readonly [string, string])[] = [
    ...(spec.words === undefined ? [] : [[spec.words.usage, spec.words.meaning] as const]),
    ...Object.entries(spec.options).map(([option, s]) => [shown(option, s), s.meaning] as const),
    ['--help, -h', 'this text'],
  ];
  const column = Math.min(26, Math.max(...rows.map(([left]) => left.length)) + 4);
  const row = ([left, right]: readonly [string, string]) =>
    left.length + 4 > column ? `  ${left}\n${wrapped(right, column)}` : wrapped(right, column, `  ${left}`);
  const codes = Object.entries({ ...spec.exit, 3: 'an argument or the input cannot be used' })
    .sort(([a], [b]) => Number(a) - Number(b))
    .map(([code, meaning]) => wrapped(meaning, 6, `  ${code}`));
  const words = spec.words === undefined ? '' : ` ${spec.words.usage}`;
  return [
    `usage: put-page ${name}${words} [options]`,
    '',
    wrapped(spec.summary, 0),
    '',
    ...rows.map(row),
    ...(spec.more === undefined ? [] : ['', spec.more]),
    '',
    'exit code',
    ...codes,
    '',
  ].join('\n');
}

/** What `put-page` alone and `put-page help` print. */
export function overview(commands: Readonly<Record<string, CommandSpec>>): string {
  const width = Math.max(...Object.keys(commands).map(name => name.length)) + 4;
  const rows = Object.entries(commands).map(([name, spec]) => wrapped(spec.summary, width, `  ${name}`));
  return [
    'usage: put-page COMMAND [options]',
    '',
    ...rows,
    '',
    'put-page help COMMAND (or COMMAND --help) says more; put-page --version prints the version.',
    '',
  ].join('\n');
}
