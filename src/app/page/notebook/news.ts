/** News from the server: the library was rebuilt, a build failed, a kernel died. */
import type { NotebookPanel } from '@jupyterlab/notebook';
import type { CommandRegistry } from '@lumino/commands';
import { listen } from '../api.js';
import type { Notices } from './notices.js';

export function showNews(panel: NotebookPanel, commands: CommandRegistry, notices: Notices): void {
  const restart = { label: 'Restart kernel', run: () => commands.execute('restart') };
  listen(event => {
    if (event.type === 'rebuilt') {
      notices.hide('build');
      const text = 'The library in src/ was rebuilt. Cells use the new one after a restart of the kernel.';
      notices.show({ kind: 'rebuilt', text, action: restart });
    } else if (event.type === 'build-failed') {
      const text = 'A change in src/ does not compile; cells still use the last good build.';
      notices.show({ kind: 'build', tone: 'warning', text, detail: event.text });
    } else if (event.kernel === panel.sessionContext.session?.kernel?.id) {
      notices.show({ kind: 'died', tone: 'warning', text: 'The kernel stopped.', detail: event.text, action: restart });
    }
  });
  panel.sessionContext.statusChanged.connect((_, status) => {
    if (status === 'restarting') for (const kind of ['rebuilt', 'died']) notices.hide(kind);
  });
}
