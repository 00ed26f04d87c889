/** What a word means, in a card beside it: when it is pointed at, and when Tab comes to it. One card for the page. */
import { element } from '../dom.js';

/** A pointer that only passes by opens nothing. */
const REST_MS = 200;
const GAP = 6;

const card = element('div', { class: 'pp-word-card', role: 'tooltip', id: 'pp-word-card', hidden: '' });
let of: HTMLElement | undefined;
let timer: ReturnType<typeof setTimeout> | undefined;

function hide(): void {
  clearTimeout(timer);
  card.hidden = true;
  of?.removeAttribute('aria-describedby');
  of = undefined;
}

/** Below the word, or above it where there is more room; inside of the window. */
function place(word: HTMLElement): void {
  // The first of its boxes: a word can stand at the end of one line and the beginning of the next.
  const [at = word.getBoundingClientRect()] = word.getClientRects();
  const left = Math.min(at.left, window.innerWidth - card.offsetWidth - GAP);
  const below = at.bottom + GAP;
  const above = at.top - GAP - card.offsetHeight;
  const top = below + card.offsetHeight > window.innerHeight && above > 0 ? above : below;
  card.style.translate = `${Math.max(GAP, left)}px ${top}px`;
}

function show(word: HTMLElement, says: string): void {
  hide();
  of = word;
  card.textContent = says;
  card.hidden = false;
  document.body.append(card);
  word.setAttribute('aria-describedby', card.id);
  place(word);
}

// Tab to a word out of sight scrolls to it after it has the focus.
document.addEventListener(
  'scroll',
  () => {
    if (of !== undefined) place(of);
  },
  { capture: true, passive: true },
);
document.addEventListener(
  'keydown',
  event => {
    if (event.key === 'Escape') hide();
  },
  true,
);

export function wordCard(word: HTMLElement, says: string): void {
  word.addEventListener('pointerenter', () => {
    clearTimeout(timer);
    timer = setTimeout(() => show(word, says), REST_MS);
  });
  word.addEventListener('focus', () => show(word, says));
  for (const end of ['pointerleave', 'blur', 'click']) word.addEventListener(end, hide);
}
