/** A question before something is lost. */
import { element } from '../dom.js';

/** Resolves to true when the reader chose `yes`; Escape is a no. */
export function ask(question: string, yes: string): Promise<boolean> {
  const confirm = element('button', { value: 'yes', class: 'pp-button pp-strong' }, yes);
  const cancel = element('button', { value: '', class: 'pp-button', autofocus: '' }, 'Cancel');
  const form = element(
    'form',
    { method: 'dialog' },
    element('p', {}, question),
    element('div', { class: 'pp-choices' }, cancel, confirm),
  );
  const dialog = element('dialog', { class: 'pp-dialog' }, form);
  document.body.append(dialog);
  dialog.showModal();
  return new Promise(resolve => {
    dialog.addEventListener('close', () => {
      dialog.remove();
      resolve(dialog.returnValue === 'yes');
    });
  });
}
