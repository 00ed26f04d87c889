/** Asks for the name of a notebook, and says what is wrong with one until it can be given. */
import { Refused } from '../api.js';
import { element } from '../dom.js';

export interface NameQuestion {
  readonly title: string;
  /** What stands in the field at first. */
  readonly name: string;
  readonly submit: string;
  /** Does it; what it throws is shown, and the question stays. */
  readonly take: (name: string) => Promise<unknown>;
}

export function askName({ title, name, submit, take }: NameQuestion): Promise<void> {
  const field = element('input', { class: 'pp-field', value: name, spellcheck: 'false', autocomplete: 'off' });
  const fault = element('p', { class: 'pp-fault', role: 'alert' });
  const done = element('button', { type: 'submit', class: 'pp-button pp-primary' }, submit);
  const cancel = element('button', { type: 'button', class: 'pp-button' }, 'Cancel');
  const form = element(
    'form',
    { method: 'dialog' },
    element('h2', {}, title),
    element('label', {}, 'Name', field),
    fault,
    element('div', { class: 'pp-choices' }, cancel, done),
  );
  const dialog = element('dialog', { class: 'pp-dialog pp-name', 'aria-label': title }, form);
  document.body.append(dialog);
  cancel.addEventListener('click', () => dialog.close());
  field.addEventListener('input', () => {
    fault.replaceChildren();
    field.removeAttribute('aria-invalid');
  });
  form.addEventListener('submit', event => {
    event.preventDefault();
    done.disabled = true;
    take(field.value)
      .then(() => dialog.close())
      .catch((error: unknown) => {
        field.setAttribute('aria-invalid', 'true');
        fault.replaceChildren(...said(error, field));
        field.focus();
      })
      .finally(() => {
        done.disabled = false;
      });
  });
  dialog.showModal();
  field.select();
  return new Promise(resolve => {
    dialog.addEventListener('close', () => {
      dialog.remove();
      resolve();
    });
  });
}

/** The server's sentence, and a name that can be given, to be taken with a click. */
function said(error: unknown, field: HTMLInputElement): (Node | string)[] {
  const text = error instanceof Error ? error.message : String(error);
  const suggestion = error instanceof Refused ? error.details.suggestion : undefined;
  if (typeof suggestion !== 'string') return [text];
  const take = element('button', { type: 'button', class: 'pp-link' }, `Take '${suggestion}'`);
  take.addEventListener('click', () => {
    field.value = suggestion;
    field.dispatchEvent(new Event('input'));
    field.focus();
  });
  return [text, ' ', take];
}
