/**
 * Names that the compiler knows. A misspelt one is an error whose text says what was meant: the error type is a sentence, so the compiler
 * prints it. A name that is only known to be some string passes here and is looked at when the cell runs.
 */

/** Those of `Known` that share the longest beginning with `Word`. */
type Alike<
  Word extends string,
  Known extends string,
  Start extends string = '',
  Best extends string = Known,
> = Word extends `${infer Letter}${infer Rest}`
  ? [Extract<Known, `${Start}${Letter}${string}`>] extends [never]
    ? Best
    : Alike<Rest, Known, `${Start}${Letter}`, Extract<Known, `${Start}${Letter}${string}`>>
  : Best;

/** `Word` itself where it is known or not known in advance; else the sentence that the compiler prints. */
export type Named<Word extends string, Known extends string, What extends string> = string extends Word
  ? Word
  : Word extends Known
    ? Word
    : `there is no ${What} '${Word}'; did you mean '${Alike<Word, Known>}'?`;

type Procs = Record<string, { me: unknown; label: string }>;

type Who<N extends string> = N | `${N}[${number}]`;
type Bare<N extends string, L extends string> = Who<N> | `${Who<N>} x${number}` | `${Who<N>} to ${L | 'done'}`;
type LineOf<N extends string, L extends string> = Bare<N, L> | `${Bare<N, L>} pick ${string}`;

/** The lines of a schedule for processes `P`: `vcpu`, `vcpu[0] x2`, `vcpu to put_page`, each with ` pick 0` where a step picks. */
export type Line<P extends Procs> = { [N in keyof P & string]: LineOf<N, P[N]['label']> }[keyof P & string];

/** What a completion list offers for a line: the process alone, and the process up to each of its steps. */
export type PlainLine<P extends Procs> = {
  [N in keyof P & string]: N | `${N} to ${P[N]['label'] | 'done'}`;
}[keyof P & string];

/** A schedule, line by line: see `Named`. */
export type Schedule<L extends readonly string[], P extends Procs> = {
  readonly [I in keyof L]: string extends L[I]
    ? L[I]
    : L[I] extends Line<P>
      ? L[I]
      : `no line of a schedule: '${L[I]}'; did you mean '${Alike<L[I], PlainLine<P>>}'?`;
};
