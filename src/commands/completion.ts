/** `put-page completion bash|zsh|fish`: a script made from the specs of the commands and the names of the scenarios. */
import { whatThereIs } from '../model/nearest.js';
import { scenarios } from '../stories/index.js';
import { commands } from './list.js';
import { BadInput, type CommandSpec, type Given } from './spec.js';

export async function main(given: Given): Promise<number> {
  const [shell = ''] = given.words;
  const scripts: Readonly<Record<string, () => string>> = { bash, zsh, fish };
  const script = Object.hasOwn(scripts, shell) ? scripts[shell] : undefined;
  if (script === undefined)
    throw new BadInput(`no completion for '${shell}'; expected ${whatThereIs(shell, Object.keys(scripts))}`);
  process.stdout.write(script());
  return 0;
}

/** The words that may follow a command, where they are known. */
function wordsAfter(name: string, spec: CommandSpec): readonly string[] {
  if (name === 'explore') return scenarios.map(s => s.name);
  const listed = spec.words?.usage ?? '';
  return /^[a-z]+( \| [a-z]+)*$/.test(listed) ? listed.split(' | ') : [];
}

const optionsOf = (spec: CommandSpec) => [...Object.keys(spec.options), '--help'];
const valuesOf = (spec: CommandSpec) =>
  Object.entries(spec.options).flatMap(([name, option]) =>
    typeof option.value === 'object' ? [[name, option.value] as const] : [],
  );

function bash(): string {
  const cases = Object.entries(commands).map(([name, spec]) => {
    const values = valuesOf(spec).map(
      ([option, list]) => `      ${option}) COMPREPLY=($(compgen -W "${list.join(' ')}" -- "$now")); return ;;`,
    );
    const words = [...wordsAfter(name, spec), ...optionsOf(spec)].join(' ');
    const inner = values.length === 0 ? [] : ['      case "$before" in', ...values.map(v => `  ${v}`), '      esac'];
    return [`    ${name})`, ...inner, `      words="${words}" ;;`].join('\n');
  });
  return `# bash completion for put-page; source it
_put_page() {
  local now="\${COMP_WORDS[COMP_CWORD]}" before="\${COMP_WORDS[COMP_CWORD-1]}" words=""
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W "${[...Object.keys(commands), 'help', '--version'].join(' ')}" -- "$now"))
    return
  fi
  case "\${COMP_WORDS[1]}" in
${cases.join('\n')}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$now"))
  [ "\${#COMPREPLY[@]}" -gt 0 ] || COMPREPLY=($(compgen -f -- "$now"))
}
complete -F _put_page put-page
`;
}

function zsh(): string {
  const described = Object.entries(commands).map(([name, spec]) => `    '${name}:${quoted(spec.summary)}'`);
  const cases = Object.entries(commands).map(([name, spec]) => {
    const options = Object.entries(spec.options).map(([option, o]) => {
      const value =
        o.value === undefined ? '' : typeof o.value === 'string' ? ':value:' : `:value:(${o.value.join(' ')})`;
      return `'${o.many === true ? '*' : ''}${option}[${quoted(o.meaning)}]${value}'`;
    });
    const words = wordsAfter(name, spec);
    const rest = words.length > 0 ? `'*:name:(${words.join(' ')})'` : `'*:file:_files'`;
    return `    ${name}) _arguments ${[...options, rest].join(' ')} ;;`;
  });
  return `#compdef put-page
# zsh completion for put-page; source it, or save it as _put-page in a folder of $fpath
_put_page() {
  local -a commands=(
${described.join('\n')}
  )
  if (( CURRENT == 2 )); then
    _describe command commands
    return
  fi
  local command=$words[2]
  shift words
  (( CURRENT-- ))
  case $command in
${cases.join('\n')}
  esac
}
compdef _put_page put-page
`;
}

function fish(): string {
  const lines = Object.entries(commands).flatMap(([name, spec]) => {
    const after = `complete -c put-page -n '__fish_seen_subcommand_from ${name}'`;
    return [
      `complete -c put-page -f -n __fish_use_subcommand -a ${name} -d '${quoted(spec.summary)}'`,
      ...Object.entries(spec.options).map(([option, o]) => {
        const value =
          o.value === undefined ? '' : typeof o.value === 'string' ? ' -r' : ` -r -f -a '${o.value.join(' ')}'`;
        return `${after} -l ${option.slice(2)}${value} -d '${quoted(o.meaning)}'`;
      }),
      ...(wordsAfter(name, spec).length > 0 ? [`${after} -f -a '${wordsAfter(name, spec).join(' ')}'`] : []),
    ];
  });
  return ['# fish completion for put-page; source it', ...lines, ''].join('\n');
}

/** Fit for single quotes in all three shells, and for zsh's brackets and colons. */
function quoted(text: string): string {
  return text
    .replaceAll("'", '’')
    .replaceAll(/[[\]:]/g, ' ')
    .replaceAll('"', '“');
}
