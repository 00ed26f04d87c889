/** A link to the glossary says what the word means when one points at it, or comes to it with Tab. */
import { words } from '../api.js';
import { wordCard } from './word-card.js';

const ANCHOR = /(?:^|\/)docs\/glossary\.md#(.+)$/;

/** Asked for once, at the first such link; without an answer the links stay as they are. */
let known: Promise<Readonly<Record<string, string>>> | undefined;

export function explainWord(link: HTMLAnchorElement): void {
  const anchor = ANCHOR.exec(link.getAttribute('href') ?? '')?.[1];
  if (anchor === undefined) return;
  known ??= words().catch(() => ({}));
  void known.then(all => {
    const says = Object.hasOwn(all, anchor) ? all[anchor] : undefined;
    if (says === undefined) return;
    wordCard(link, says);
    link.classList.add('pp-word');
  });
}
