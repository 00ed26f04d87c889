/** The notebook page. */
import './quiet-console.js';
import '@jupyterlab/theme-light-extension/style/variables.css';
import '@jupyterlab/notebook/style/index.js';
import './style/base.css';
import './style/notebook.css';
import { Widget } from '@lumino/widgets';
import { hideToken } from './api.js';
import { element, icon } from './dom.js';
import { autosave, type SaveState } from './notebook/autosave.js';
import { makeCommands } from './notebook/commands.js';
import { kernelStatus } from './notebook/kernel-status.js';
import { showNews } from './notebook/news.js';
import { makeNotices } from './notebook/notices.js';
import { openNotebook } from './notebook/open-notebook.js';
import { makeOriginal, type Original } from './notebook/original.js';
import { startServices } from './notebook/services.js';
import { makeToolbar } from './notebook/toolbar.js';

const SAVE_WORDS: Readonly<Record<SaveState, string>> = {
  saved: 'Saved',
  unsaved: 'Unsaved',
  saving: 'Saving…',
  failed: 'Not saved',
};

const HOUSE = 'M2.5 8 8 3l5.5 5M4 7v6h8V7';

async function main(): Promise<void> {
  hideToken();
  const name = decodeURIComponent(location.pathname.split('/').at(-1) ?? '');
  const loading = element('p', { class: 'pp-loading' }, `Opening ${name} …`);
  document.body.append(loading);

  const panel = await openNotebook(startServices(), `notebooks/${name}`);
  loading.remove();
  const title = panel.content.node;
  document.title = `${name.replace(/\.ipynb$/, '')} · put-page`;

  const notices = makeNotices();
  const badge = element('span', { class: 'pp-badge' });
  const saved = element('span', { class: 'pp-saved', role: 'status' }, SAVE_WORDS.saved);
  const saver = autosave(panel.context, state => {
    saved.textContent = SAVE_WORDS[state];
    saved.dataset.state = state;
    if (state === 'saved') void original.refresh();
  });
  const original: Original = makeOriginal(panel, name, saver, notices, badge);
  const commands = makeCommands(panel, { 'back-to-original': original.back });

  const home = element('a', { class: 'pp-home', href: '/', title: 'All notebooks' }, icon(HOUSE), 'put-page');
  const file = element('span', { class: 'pp-file' }, name.replace(/\.ipynb$/, ''));
  const spring = element('span', { class: 'pp-spring' });
  const kernel = kernelStatus(panel.sessionContext);
  const header = element('header', { class: 'pp-header' }, home, file, badge, spring, saved, kernel);
  const place = element('main', { class: 'pp-place' });
  document.body.append(header, makeToolbar(panel, commands), notices.node, place);
  panel.toolbar.hide();
  Widget.attach(panel, place);
  new ResizeObserver(() => panel.update()).observe(place);
  title.setAttribute('aria-label', name);
  showNews(panel, commands, notices);
  await original.refresh();
  panel.content.activate();
  document.body.dataset.ready = 'true';
}

main().catch((error: unknown) => {
  console.error(error);
  const text = error instanceof Error ? error.message : String(error);
  document.body.append(element('p', { class: 'pp-loading', role: 'alert' }, `This notebook cannot be shown: ${text}`));
});
