/** The notebook taken out of the application: as a notebook file, as a page, on paper. Each time as it stands here. */
import type { NotebookPanel } from '@jupyterlab/notebook';
import type { CommandRegistry } from '@lumino/commands';
import { exportPage } from '../api.js';
import { element, icon } from '../dom.js';
import { menu } from '../menu.js';
import type { Notices } from './notices.js';

export interface TakeOut {
  download(): void;
  exportHtml(): Promise<void>;
  /** The browser's own dialog prints, or saves as PDF. */
  print(): Promise<void>;
}

/** What is not drawn after this is printed as it is. */
const PATIENCE_MS = 20_000;

export function takeOut(panel: NotebookPanel, name: string, notices: Notices): TakeOut {
  const notebook = (): unknown => panel.context.model.toJSON();
  const tell = (what: string, error: unknown): void => {
    const why = error instanceof Error ? error.message : String(error);
    notices.show({ kind: 'take-out', tone: 'warning', text: `${what}: ${why}` });
  };
  return {
    download: () => save(name, 'application/x-ipynb+json', `${JSON.stringify(notebook(), null, 1)}\n`),
    exportHtml: async () => {
      try {
        const html = await exportPage(name, notebook());
        save(name.replace(/\.ipynb$/, '.html'), 'text/html', html);
      } catch (error) {
        tell('The page could not be made', error);
      }
    },
    print: async () => {
      const text = 'All cells and figures are being drawn; then the window for printing opens.';
      const slow = setTimeout(() => notices.show({ kind: 'print', text }), 400);
      await drawn(panel);
      clearTimeout(slow);
      notices.hide('print');
      window.print();
    },
  };
}

const ARROW = 'M8 2.5v7M5 7l3 3 3-3M3 12.5h10';

/** The button that offers the three. */
export function takeOutMenu(commands: CommandRegistry): HTMLElement {
  const button = element('button', {
    type: 'button',
    class: 'pp-button pp-export',
    title: 'Download, export or print',
  });
  button.append(icon(ARROW), element('span', {}, 'Export'));
  const item = (command: string) => ({ label: commands.label(command), run: () => commands.execute(command) });
  return menu(button, 'Export', ['download', 'export-html', 'print'].map(item));
}

function save(file: string, type: string, text: string): void {
  const address = URL.createObjectURL(new Blob([text], { type }));
  element('a', { href: address, download: file }).click();
  // The browser has begun to read it by then.
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}

/** JupyterLab draws cells that are out of sight when the browser has time for them; plotly draws a figure after its cell. */
async function drawn(panel: NotebookPanel): Promise<void> {
  const until = Date.now() + PATIENCE_MS;
  const open = (): boolean =>
    panel.content.widgets.some(cell => cell.isPlaceholder()) ||
    panel.content.node.querySelector('.pp-figure:not(:has(.main-svg, img, p))') !== null;
  while (open() && Date.now() < until) await new Promise(resolve => setTimeout(resolve, 50));
}
