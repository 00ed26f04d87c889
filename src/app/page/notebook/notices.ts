/** Lines between toolbar and notebook that tell the reader about something, with what can be done about it. */
import { element } from '../dom.js';

export interface Notice {
  /** A notice replaces the one of the same kind. */
  readonly kind: string;
  readonly text: string;
  readonly tone?: 'info' | 'warning';
  /** Shown as it is, in a fixed pitch: compiler messages. */
  readonly detail?: string;
  readonly actions?: readonly Action[];
  /** False for what goes away by itself when it is over. */
  readonly closable?: boolean;
}

/** Something that can be done about it; the line goes away with the click. */
export interface Action {
  readonly label: string;
  readonly run: () => unknown;
}

export interface Notices {
  readonly node: HTMLElement;
  show(notice: Notice): void;
  hide(kind: string): void;
}

export function makeNotices(): Notices {
  const node = element('div', { class: 'pp-notices', role: 'region', 'aria-label': 'Notices', 'aria-live': 'polite' });
  const hide = (kind: string): void => {
    for (const line of node.querySelectorAll(`[data-kind="${kind}"]`)) line.remove();
  };
  const show = (notice: Notice): void => {
    const old = node.querySelector(`[data-kind="${notice.kind}"]`);
    const next = line(notice, () => next.remove());
    if (old === null) node.append(next);
    // The same line again is left alone: a screen reader would read it again.
    else if (old.textContent !== next.textContent) old.replaceWith(next);
  };
  return { node, show, hide };
}

function line(notice: Notice, close: () => void): HTMLElement {
  const box = element(
    'div',
    { class: 'pp-notice', 'data-kind': notice.kind, 'data-tone': notice.tone ?? 'info' },
    element('span', { class: 'pp-notice-text' }, notice.text),
  );
  for (const { label, run } of notice.actions ?? []) {
    const button = element('button', { type: 'button', class: 'pp-button pp-strong' }, label);
    button.addEventListener('click', () => {
      close();
      void run();
    });
    box.append(button);
  }
  if (notice.closable !== false) {
    const dismiss = element('button', { type: 'button', class: 'pp-close', 'aria-label': 'Dismiss' }, '×');
    dismiss.addEventListener('click', close);
    box.append(dismiss);
  }
  if (notice.detail !== undefined) box.append(element('pre', {}, notice.detail));
  return box;
}
