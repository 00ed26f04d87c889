/**
 * Names that the compiler knows. A misspelt one is refused with what was meant: the compiler prints `"put_pgae" & DidYouMean<"put_page">`.
 * A name that is only known to be some string passes here, and is looked at when it is used.
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

/** What a misspelt name is compared with, so that the compiler's message names the nearest. */
export interface DidYouMean<Nearest extends string> {
  readonly didYouMean: Nearest;
}

/** `Word` itself where it is known, or not known in advance. A parameter is of type `Word & Named<Word, Known>`. */
export type Named<Word extends string, Known extends string> = string extends Word
  ? Word
  : Word extends Known
    ? Word
    : DidYouMean<Alike<Word, Known>>;

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
      : DidYouMean<Alike<L[I], PlainLine<P>>>;
};
