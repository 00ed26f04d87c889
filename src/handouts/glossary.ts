/** The words of docs/glossary.md, by the anchors that notebooks link to. */
import { plain } from './plain.js';

export interface Word {
  readonly term: string;
  /** The entry as markdown. */
  readonly entry: string;
  /** The entry as a tooltip says it: no marks, no source. */
  readonly says: string;
}

export type Glossary = ReadonlyMap<string, Word>;

/** As GitHub makes an anchor of a heading. */
export const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
    .replaceAll(/\s/g, '-');

export function readGlossary(markdown: string): Glossary {
  const sections = markdown.split(/^## /m).slice(1);
  return new Map(
    sections.map(section => {
      const [term = '', ...rest] = section.split('\n');
      const entry = rest.join('\n').trim();
      return [anchorOf(term), { term, entry, says: plain(entry.replace(/\s*Source: [\s\S]*$/, '')) }];
    }),
  );
}

/** The word that a link of a notebook leads to, or undefined. */
export function wordOf(href: string, glossary: Glossary): readonly [anchor: string, word: Word] | undefined {
  const anchor = /(?:^|\/)glossary\.md#(.+)$/.exec(href)?.[1];
  const word = anchor === undefined ? undefined : glossary.get(anchor);
  return anchor === undefined || word === undefined ? undefined : [anchor, word];
}
