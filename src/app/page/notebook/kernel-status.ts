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

export function kernelStatus(session: ISessionContext): HTMLElement {
  const word = element('span', {});
  const status = element('div', { class: 'pp-kernel', role: 'status' }, element('span', { class: 'pp-dot' }), word);
  const show = (): void => {
    const state = session.session?.kernel?.connectionStatus === 'disconnected' ? 'dead' : session.kernelDisplayStatus;
    status.dataset.state = state;
    word.textContent = WORDS[state] ?? state;
  };
  session.statusChanged.connect(show);
  session.connectionStatusChanged.connect(show);
  session.kernelChanged.connect(show);
  show();
  return status;
}
