/** What a subcommand declares about itself: enough for parsing, help, completion and the docs. Imports nothing. */

export interface OptionSpec {
  /** `N`: a value follows; a list: one of these follows; absent: the option stands alone. */
  readonly value?: string | readonly string[];
  /** It may be given again, or several values with commas between them. */
  readonly many?: boolean;
  readonly meaning: string;
}

export interface WordSpec {
  /** As it stands in the usage line: `SCENARIO`, `[FILE | -]`, `[NOTEBOOK…]`. */
  readonly usage: string;
  /** What one of them is, for messages: `scenario`, `file`. */
  readonly noun: string;
  readonly least: number;
  readonly most: number;
  readonly meaning: string;
}

export interface CommandSpec {
  /** One line for the list of commands. */
  readonly summary: string;
  readonly words?: WordSpec;
  readonly options: Readonly<Record<`--${string}`, OptionSpec>>;
  /** More for `--help`: paragraphs, examples. */
  readonly more?: string;
  /** What each exit code means here; 3 is always: an argument or the input is no good. */
  readonly exit: Readonly<Record<number, string>>;
  load(): Promise<{ main(given: Given): Promise<number> }>;
}

/** The arguments of a command, checked against its spec. */
export interface Given {
  readonly words: readonly string[];
  /** Every value of an option, in order; `['']` for one that stands alone. */
  readonly options: Readonly<Record<string, readonly string[]>>;
  /** The arguments as they were typed. */
  readonly args: readonly string[];
}

/** A sentence for the user instead of a stack trace; the exit code is 3. */
export class BadInput extends Error {}
