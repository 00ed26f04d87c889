/** The home page: the lessons in reading order, and the reader's own notebooks. */
import './style/base.css';
import './style/controls.css';
import './style/dark.css';
import './style/motion.css';
import './style/home.css';
import { hideToken, listNotebooks } from './api.js';
import { element } from './dom.js';
import { card } from './home/card.js';
import { ownActions } from './home/own.js';
import { makeNotices } from './notebook/notices.js';

const NONE =
  'None yet. A new one begins with the import of the kit; a lesson is duplicated with the three dots at its right.';

const notices = makeNotices();
const actions = ownActions(notices, draw);

function place(id: string): Element {
  const found = document.querySelector(`#${id}`);
  if (found === null) throw new Error(`home.html has no #${id}`);
  return found;
}

async function draw(): Promise<void> {
  const entries = await listNotebooks();
  const cards = (own: boolean): HTMLElement[] =>
    entries.filter(entry => (entry.edited === 'own') === own).map(entry => card(entry, actions.of(entry), draw));
  const [lessons, own] = [cards(false), cards(true)];
  const none = (text: string): HTMLElement[] => [element('li', { class: 'none' }, text)];
  place('notebooks').replaceChildren(
    ...(lessons.length > 0 ? lessons : none('There are no notebooks in this folder.')),
  );
  place('own-notebooks').replaceChildren(...(own.length > 0 ? own : none(NONE)));
}

async function main(): Promise<void> {
  hideToken();
  place('own-actions').replaceChildren(...actions.buttons);
  place('own').append(notices.node);
  await draw();
  document.body.dataset.ready = 'true';
}

main().catch((error: unknown) => {
  console.error(error);
  const text = error instanceof Error ? error.message : String(error);
  document.querySelector('#notebooks')?.replaceChildren(element('li', { role: 'alert' }, text));
});

// A notebook may have been edited since the reader left this page.
window.addEventListener('pageshow', event => {
  if (event.persisted) void draw();
});
