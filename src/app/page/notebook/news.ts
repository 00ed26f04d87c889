/** News from the server: the library was rebuilt, a build failed, a kernel died. */
import type { NotebookPanel } from '@jupyterlab/notebook';
import type { CommandRegistry } from '@lumino/commands';
import type { Link } from '../link.js';
import type { Notices } from './notices.js';

/** What is over when the notebook has a fresh kernel. */
const OF_THE_OLD_KERNEL = ['rebuilt', 'died', 'new-kernel'];

const OLDER =
  'The server is a newer one than this page. Reload the page to have its changes; your edits are saved first.';

export function showNews(panel: NotebookPanel, commands: CommandRegistry, link: Link, notices: Notices): void {
  const actions = [{ label: 'Restart kernel', run: () => commands.execute('restart') }];
  const context = panel.sessionContext;
  const reload = async (): Promise<void> => {
    await commands.execute('save');
    location.reload();
  };
  let page: string | null = null;
  link.onNews(event => {
    if (event.type === 'hello') {
      page ??= event.key;
      if (page !== event.key) notices.show({ kind: 'page', text: OLDER, actions: [{ label: 'Reload', run: reload }] });
    } else if (event.type === 'rebuilt') {
      notices.hide('build');
      const text = 'The library in src/ was rebuilt. Cells use the new one after a restart of the kernel.';
      notices.show({ kind: 'rebuilt', text, actions });
    } else if (event.type === 'build-failed') {
      const text = 'A change in src/ does not compile; cells still use the last good build.';
      notices.show({ kind: 'build', tone: 'warning', text, detail: event.text });
    } else if (event.type === 'kernel-died' && event.kernel === context.session?.kernel?.id) {
      const detail = lastWords(event.text);
      notices.show({ kind: 'died', tone: 'warning', text: 'The kernel stopped.', detail, actions });
    }
  });
  const fresh = (): void => {
    for (const kind of OF_THE_OLD_KERNEL) notices.hide(kind);
  };
  context.statusChanged.connect((_, status) => {
    if (status === 'restarting') fresh();
  });
  // A dead kernel is not restarted but replaced; the session then has another one.
  context.kernelChanged.connect((_, { newValue }) => {
    if (newValue !== null) fresh();
  });
}

/** Lines of a kernel's last output that tell a reader nothing: unknown requests, and V8's account of its heap. */
const NOISE = [
  /unknown msg_type/,
  /^<---.*--->$/,
  /^\[\d+:0x[0-9a-f]+\]/,
  /Mark-Compact|Scavenge/,
  /^-----/,
  /^ ?\d+: 0x[0-9a-f]+ /,
  /^\s*$/,
];

/** What a kernel said before it stopped, without the noise. */
export function lastWords(text: string): string {
  return text
    .split('\n')
    .filter(line => !NOISE.some(noise => noise.test(line)))
    .join('\n');
}
