/** What this notebook rests on: the thread's mails, the versions of its series, and the commits. */
import { type Thread, threadOf } from '../api.js';
import { element } from '../dom.js';
import type { SideContext, SideTab } from './panel.js';

const LORE = 'https://lore.kernel.org/all/';
const COMMIT = 'https://git.kernel.org/pub/scm/linux/kernel/git/torvalds/linux.git/commit/?id=';
const NONE = 'This notebook is about no single thread. Its sources stand in its text, as links.';
const ABOUT =
  'What a mail says is in our words. Where there is no link, data/threads.json does not have the mail’s message-id.';

export async function sourcesTab({ name }: SideContext): Promise<SideTab> {
  const node = element('div', { class: 'pp-side-sources' });
  const thread = await threadOf(name);
  if (thread === null) node.append(element('p', { class: 'pp-side-none' }, NONE));
  else node.append(...parts(thread));
  return { node };
}

function parts({ subject, mails, versions = [], commits }: Thread): HTMLElement[] {
  const told = mails.map(({ date, from, what, message_id, url }) =>
    entry(
      `${date} · ${from}`,
      what,
      url ?? (message_id === undefined ? undefined : LORE + encodeURIComponent(message_id)),
      'Mail',
    ),
  );
  const posted = versions.map(({ version, date, from, what, message_id, patches }) =>
    entry(`${version} · ${date} · ${from}, ${patches} patches`, what, LORE + encodeURIComponent(message_id), 'Mail'),
  );
  const merged = commits.map(({ commit, subject: title, release }) =>
    entry(release === undefined ? commit : `${commit} · ${release}`, title, COMMIT + commit, 'Commit'),
  );
  const group = (title: string, entries: readonly HTMLElement[]): HTMLElement[] =>
    entries.length === 0 ? [] : [element('h3', {}, title), element('ol', {}, ...entries)];
  return [
    element('p', { class: 'pp-thread' }, subject),
    ...group('The thread', told),
    ...group('Versions of the series', posted),
    ...group('Commits', merged),
    element('p', { class: 'pp-side-none' }, ABOUT),
  ];
}

function entry(head: string, what: string, href: string | undefined, kind: string): HTMLElement {
  const line = element('span', { class: 'pp-source-head' }, head);
  if (href !== undefined) {
    const attributes = { href, target: '_blank', rel: 'noopener noreferrer', 'aria-label': `${kind}: ${head}` };
    line.append(' ', element('a', attributes, kind));
  }
  return element('li', {}, line, element('span', {}, what));
}
