/** The notebook page. */
import './quiet-console.js';
import '@jupyterlab/theme-light-extension/style/variables.css';
import '@jupyterlab/notebook/style/index.js';
import './style/base.css';
import './style/controls.css';
import './style/notebook.css';
import './style/figure.css';
import './style/outputs.css';
import './style/dialogs.css';
import './style/contents.css';
import './style/palette.css';
import './style/help.css';
import './style/side.css';
import './style/find.css';
import './style/widgets.css';
import './style/dark.css';
import './style/motion.css';
import './style/print.css';
import type { CommandRegistry } from '@lumino/commands';
import { Widget } from '@lumino/widgets';
import { hideToken } from './api.js';
import { quietCanceled } from './canceled.js';
import { element, icon } from './dom.js';
import { followRuns } from './help/follow-runs.js';
import { openLink } from './link.js';
import { makeCommands } from './notebook/commands.js';
import { keepFolds } from './notebook/folds.js';
import { kernelStatus } from './notebook/kernel-status.js';
import { neighbours } from './notebook/neighbours.js';
import { showNews } from './notebook/news.js';
import { makeNotices } from './notebook/notices.js';
import { openNotebook } from './notebook/open-notebook.js';
import { makeOriginal, type Original } from './notebook/original.js';
import { quietDialogs } from './notebook/quiet-dialogs.js';
import { recover } from './notebook/recover.js';
import { makeResults } from './notebook/results.js';
import { startServices } from './notebook/services.js';
import { takeOut, takeOutMenu } from './notebook/take-out.js';
import { makeToolbar } from './notebook/toolbar.js';
import { keepSaved } from './saving/keep-saved.js';
import type { SaveState } from './saving/saver.js';
import { loadPalette, makeWay } from './way.js';

const SAVE_WORDS: Readonly<Record<SaveState, string>> = {
  saved: 'Saved',
  unsaved: 'Unsaved',
  saving: 'Saving…',
  failed: 'Not saved',
  offline: 'Kept here',
  conflict: 'Two versions',
};

const HOUSE = 'M2.5 8 8 3l5.5 5M4 7v6h8V7';

async function main(): Promise<void> {
  hideToken();
  quietCanceled();
  const name = decodeURIComponent(location.pathname.split('/').at(-1) ?? '');
  const loading = element('p', { class: 'pp-loading' }, `Opening ${name} …`);
  document.body.append(loading);

  const notices = makeNotices();
  quietDialogs(notices);
  const link = openLink();
  const services = startServices();
  const panel = await openNotebook(services, `notebooks/${name}`);
  loading.remove();
  keepFolds(panel, name);
  const title = panel.content.node;
  document.title = `${name.replace(/\.ipynb$/, '')} · put-page`;

  const badge = element('span', { class: 'pp-badge' });
  const saved = element('span', { class: 'pp-saved', role: 'status' }, SAVE_WORDS.saved);
  const show = (state: SaveState): void => {
    saved.textContent = SAVE_WORDS[state];
    saved.dataset.state = state;
    if (state === 'saved') void original.refresh();
  };
  const hash = panel.context.contentsModel?.hash ?? '';
  const { saver, offerDraft } = keepSaved(panel.context.model, name, hash, link, notices, show);
  const original: Original = makeOriginal(panel, name, saver, notices, badge);
  const results = makeResults(panel, name, saver, notices);
  const way = makeWay(panel, name, () => commands);
  const out = takeOut(panel, name, notices);
  const commands: CommandRegistry = makeCommands(panel, {
    'back-to-original': original.back,
    save: () => saver.now(),
    'show-results': results.show,
    download: out.download,
    'export-html': out.exportHtml,
    print: out.print,
    ...way.actions,
  });

  const home = element('a', { class: 'pp-home', href: '/', title: 'All notebooks' }, icon(HOUSE), 'put-page');
  const others = neighbours(name);
  const file = element('span', { class: 'pp-file' }, name.replace(/\.ipynb$/, ''));
  const spring = element('span', { class: 'pp-spring' });
  const kernel = kernelStatus(panel.sessionContext);
  const header = element(
    'header',
    { class: 'pp-header' },
    home,
    file,
    others.header,
    badge,
    spring,
    saved,
    takeOutMenu(commands),
    kernel,
  );
  const place = element('main', { class: 'pp-place' });
  const toolbar = makeToolbar(panel, commands);
  toolbar.prepend(way.contents.button);
  toolbar.append(way.side.button);
  const middle = element('div', { class: 'pp-middle' }, way.contents.node, place, way.side.node);
  document.body.append(header, toolbar, way.find, notices.node, middle);
  panel.toolbar.hide();
  Widget.attach(panel, place);
  // After the cells, where the notebook ends.
  panel.content.outerNode.firstElementChild?.append(others.end);
  new ResizeObserver(() => panel.update()).observe(place);
  title.setAttribute('aria-label', name);
  followRuns(panel, notices);
  showNews(panel, commands, link, notices);
  recover(panel, services, link, notices);
  await Promise.all([original.refresh(), results.refresh()]);
  await offerDraft();
  panel.content.activate();
  document.body.dataset.ready = 'true';
  void loadPalette();
}

main().catch((error: unknown) => {
  console.error(error);
  const text = error instanceof Error ? error.message : String(error);
  document.body.append(element('p', { class: 'pp-loading', role: 'alert' }, `This notebook cannot be shown: ${text}`));
});
