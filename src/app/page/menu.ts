/** A button that opens a short list of actions. Escape and a click elsewhere close it: the browser sees to both. */
import { element } from './dom.js';

export interface MenuItem {
  readonly label: string;
  readonly run: () => unknown;
}

let made = 0;

/** @param button what opens it; the list is its next sibling, and stands above everything else when open */
export function menu(button: HTMLButtonElement, label: string, items: readonly MenuItem[]): HTMLElement {
  const id = `pp-menu-${++made}`;
  const list = element('div', { class: 'pp-menu', id, popover: 'auto', role: 'group', 'aria-label': label });
  for (const { label: text, run } of items) {
    const entry = element('button', { type: 'button', class: 'pp-button' }, text);
    entry.addEventListener('click', () => {
      list.hidePopover();
      void run();
    });
    list.append(entry);
  }
  button.setAttribute('popovertarget', id);
  button.setAttribute('aria-expanded', 'false');
  list.addEventListener('toggle', event => {
    const open = (event as ToggleEvent).newState === 'open';
    button.setAttribute('aria-expanded', String(open));
    if (!open) return;
    const at = button.getBoundingClientRect();
    const { width, height } = list.getBoundingClientRect();
    const below = at.bottom + 4 + height <= innerHeight;
    // Under the button, and inside the page's column where the button is at its right.
    const left = at.left > innerWidth / 2 ? at.right - width : at.left;
    list.style.left = `${Math.max(8, Math.min(left, innerWidth - width - 8))}px`;
    list.style.top = `${below ? at.bottom + 4 : Math.max(8, at.top - height - 4)}px`;
    list.querySelector('button')?.focus();
  });
  return element('span', { class: 'pp-menu-place' }, button, list);
}
