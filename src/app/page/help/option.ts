/** One line of the list of completions: a letter for the kind, the name, its type. */
import type { Completion } from '@codemirror/autocomplete';
import { element } from '../dom.js';

/** What the kernel says of an entry, where IPython's kernel says it, too. */
export interface Typed {
  readonly text: string;
  readonly type: string;
  readonly signature: string;
}

/** The type is always written out for screen readers and as a title; the letter is what one sees. */
const LETTERS: Readonly<Record<string, string>> = {
  method: 'ƒ',
  function: 'ƒ',
  property: '•',
  instance: 'x',
  variable: 'x',
  class: 'C',
  interface: 'I',
  type: 'T',
  enum: 'E',
  module: 'M',
  keyword: '⌘',
  string: '”',
};

/** The kernel's types by their text; none where a kernel says nothing of them. */
export function typesIn(metadata: object): ReadonlyMap<string, Typed> {
  const { _jupyter_types_experimental: all } = metadata as { readonly _jupyter_types_experimental?: unknown };
  if (!Array.isArray(all)) return new Map();
  const known = all.filter((one): one is Typed => typeof one?.text === 'string');
  return new Map(
    known.map(({ text, type, signature }) => [text, { text, type: type ?? '', signature: signature ?? '' }]),
  );
}

/** The letter before a name. */
export function kindOf({ type }: Completion): Node {
  const attributes = { class: 'pp-kind', 'aria-label': type ?? '', title: type ?? '', 'data-kind': type ?? '' };
  return element('span', { ...attributes, role: 'img' }, LETTERS[type ?? ''] ?? '');
}
