/**
 * An expression over a state, for the reader who steps through a model: `page[0]._refcount == 1 && !page[0].pte`. It reads, and can do nothing else:
 * names of the state, numbers, words in quotes, `! - * + < <= > >= == != && ||` and parentheses. Pure.
 */

type Plain = string | number | boolean | null;

/** A state by its names, as `plain` prints it; a holder's part of a count is `page[0]._refcount.gup`. */
export type Names = ReadonlyMap<string, Plain>;

/** What is wrong with an expression, in words. */
export class ExpressionError extends Error {}

const TOKEN =
  /\s*(?:(?<number>\d+)|(?<word>'[^']*'|"[^"]*")|(?<name>[A-Za-z_@][\w@]*(?:\[\d+\])?(?:\.[A-Za-z_@][\w@]*(?:\[\d+\])?)*)|(?<sign>&&|\|\||[=!]==?|[<>]=?|[-+*!()]))/y;

/** From weak to strong. */
const LEVELS: readonly (readonly string[])[] = [
  ['||'],
  ['&&'],
  ['==', '!='],
  ['<', '<=', '>', '>='],
  ['+', '-'],
  ['*'],
];

const WORDS: ReadonlyMap<string, Plain> = new Map<string, Plain>([
  ['true', true],
  ['false', false],
  ['null', null],
  ['none', null],
]);

interface Token {
  readonly kind: 'number' | 'word' | 'name' | 'sign' | 'end';
  readonly text: string;
}

function tokensOf(text: string): readonly Token[] {
  const found: Token[] = [];
  TOKEN.lastIndex = 0;
  while (text.slice(TOKEN.lastIndex).trim() !== '') {
    const at = TOKEN.lastIndex;
    const groups = TOKEN.exec(text)?.groups;
    const [kind, word] = Object.entries(groups ?? {}).find(([, one]) => one !== undefined) ?? [];
    if (kind === undefined || word === undefined)
      throw new ExpressionError(`${JSON.stringify(text.slice(at).trim().slice(0, 12))} means nothing here`);
    found.push({ kind: kind as Token['kind'], text: word.replace(/^([=!])==$/, '$1=') });
  }
  return [...found, { kind: 'end', text: 'the end' }];
}

export type Expression = (names: Names) => Plain;

function nearest(name: string, names: Names): string {
  const last = name.slice(name.lastIndexOf('.') + 1).replace(/\[\d+\]$/, '');
  const near = [...names.keys()].filter(one => one.includes(last) || one.startsWith(name)).slice(0, 3);
  return near.length === 0 ? '' : `: ${near.join(', ')}?`;
}

const number = (value: Plain, sign: string): number => {
  if (typeof value !== 'number') throw new ExpressionError(`${sign} needs numbers, not ${String(value)}`);
  return value;
};

const truth = (value: Plain, sign: string): boolean => {
  if (typeof value !== 'boolean') throw new ExpressionError(`${sign} needs true or false, not ${String(value)}`);
  return value;
};

function applied(sign: string, left: Expression, right: Expression): Expression {
  const of = (names: Names): readonly [number, number] => [number(left(names), sign), number(right(names), sign)];
  switch (sign) {
    case '||':
      return names => truth(left(names), sign) || truth(right(names), sign);
    case '&&':
      return names => truth(left(names), sign) && truth(right(names), sign);
    case '==':
      return names => left(names) === right(names);
    case '!=':
      return names => left(names) !== right(names);
    case '<':
      return names => of(names)[0] < of(names)[1];
    case '<=':
      return names => of(names)[0] <= of(names)[1];
    case '>':
      return names => of(names)[0] > of(names)[1];
    case '>=':
      return names => of(names)[0] >= of(names)[1];
    case '+':
      return names => of(names)[0] + of(names)[1];
    case '-':
      return names => of(names)[0] - of(names)[1];
    default:
      return names => of(names)[0] * of(names)[1];
  }
}

class Parser {
  readonly #tokens: readonly Token[];
  #at = 0;

  constructor(text: string) {
    this.#tokens = tokensOf(text);
  }

  whole(): Expression {
    const found = this.#level(0);
    const { kind, text } = this.#next();
    if (kind !== 'end') throw new ExpressionError(`${text} is not expected there`);
    return found;
  }

  #next(): Token {
    return this.#tokens[this.#at] as Token;
  }

  #takes(signs: readonly string[]): string | undefined {
    const { kind, text } = this.#next();
    if (kind !== 'sign' || !signs.includes(text)) return undefined;
    this.#at++;
    return text;
  }

  #level(level: number): Expression {
    const signs = LEVELS[level];
    if (signs === undefined) return this.#single();
    let left = this.#level(level + 1);
    for (let sign = this.#takes(signs); sign !== undefined; sign = this.#takes(signs))
      left = applied(sign, left, this.#level(level + 1));
    return left;
  }

  #single(): Expression {
    const sign = this.#takes(['!', '-', '(']);
    if (sign === '(') {
      const inner = this.#level(0);
      if (this.#takes([')']) === undefined) throw new ExpressionError('a parenthesis is not closed');
      return inner;
    }
    if (sign !== undefined) {
      const inner = this.#single();
      return sign === '!' ? names => !truth(inner(names), sign) : names => -number(inner(names), sign);
    }
    const { kind, text } = this.#next();
    if (kind === 'sign' || kind === 'end') throw new ExpressionError(`a name or a number is missing before ${text}`);
    this.#at++;
    if (kind === 'number') return () => Number(text);
    if (kind === 'word') return () => text.slice(1, -1);
    return names => {
      const value = names.has(text) ? names.get(text) : WORDS.get(text);
      if (value === undefined) throw new ExpressionError(`there is no ${text} in this state${nearest(text, names)}`);
      return value;
    };
  }
}

/** Errors: ExpressionError, also when it is asked about a state. */
export function expression(text: string): Expression {
  return new Parser(text).whole();
}

/** The names of a state that `plain` has printed. */
export const namesOf = (state: Readonly<Record<string, unknown>>): Names =>
  new Map(Object.entries(state).map(([path, value]) => [path.replace('<-', '.'), value as Plain]));

/** What an expression says in each state of a run, where that changes. */
export function alongRun(
  ask: Expression,
  states: readonly Names[],
): readonly { readonly step: number; readonly says: string }[] {
  const said = states.map(names => String(ask(names) ?? 'none'));
  return said.flatMap((says, step) => (step === 0 || says !== said[step - 1] ? [{ step, says }] : []));
}
