/**
 * JupyterLab's dialogs become lines above the notebook. They are grey boxes with a title and a message of a library,
 * and stop whoever is typing; each of them asks for nothing more than an OK here.
 */
import { Dialog } from '@jupyterlab/apputils';
import { Widget } from '@lumino/widgets';
import type { Notices } from './notices.js';

export function quietDialogs(notices: Notices): void {
  Dialog.prototype.launch = async function launch(this: Dialog<unknown>) {
    // Its content is drawn when it is in the page; nobody sees it there.
    this.node.style.display = 'none';
    Widget.attach(this, document.body);
    await new Promise(resolve => setTimeout(resolve, 50));
    const part = (name: string): string => this.node.querySelector(`.jp-Dialog-${name}`)?.textContent ?? '';
    const [title, text] = [part('header'), part('body')];
    this.dispose();
    notices.show({ kind: 'dialog', tone: 'warning', text: [title, text].filter(part => part !== '').join(': ') });
    return { button: Dialog.cancelButton(), isChecked: null, value: null };
  };
}
