/** A dot and a word about the kernel. */
import type { ISessionContext } from '@jupyterlab/apputils';
import { element } from '../dom.js';

const WORDS: Readonly<Record<string, string>> = {
  idle: 'Kernel ready',
  busy: 'Running',
  initializing: 'Kernel starting',
  starting: 'Kernel starting',
  restarting: 'Kernel restarting',
  autorestarting: 'Kernel restarting',
  dead: 'Kernel stopped',
  unknown: 'Connecting',
  connecting: 'Connecting',
  terminating: 'Kernel stopping',
};

/** A question of an editor is answered sooner: a word that flashes while one types would only disturb. */
const BUSY_AFTER_MS = 250;

export function kernelStatus(session: ISessionContext): HTMLElement {
  const word = element('span', {});
  const status = element('div', { class: 'pp-kernel', role: 'status' }, element('span', { class: 'pp-dot' }), word);
  let timer: ReturnType<typeof setTimeout> | undefined;
  const show = (): void => {
    clearTimeout(timer);
    timer = undefined;
    const state = session.session?.kernel?.connectionStatus === 'disconnected' ? 'dead' : session.kernelDisplayStatus;
    status.dataset.state = state;
    word.textContent = WORDS[state] ?? state;
  };
  session.statusChanged.connect((_, next) => {
    if (next === 'busy' && status.dataset.state === 'idle') timer ??= setTimeout(show, BUSY_AFTER_MS);
    else show();
  });
  session.connectionStatusChanged.connect(show);
  session.kernelChanged.connect(show);
  show();
  return status;
}
