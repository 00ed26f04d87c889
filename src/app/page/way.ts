/** What helps a reader to find their way: contents, panel, palette, list of keys. Put together here, and named as commands. */
import type { NotebookPanel } from '@jupyterlab/notebook';
import type { CommandRegistry } from '@lumino/commands';
import { element } from './dom.js';
import type { FindBar } from './find/find-bar.js';
import type { Actions } from './notebook/actions.js';
import { type ContentsList, contentsList } from './notebook/contents-list.js';
import { followProgress } from './notebook/lesson-progress.js';
import { type SidePanel, sidePanel } from './side/panel.js';
import { selectedText, wordUnderCursor } from './side/word-under-cursor.js';

export interface Way {
  readonly contents: ContentsList;
  readonly side: SidePanel;
  /** Where the bar for find and replace comes, between the toolbar and the notebook. */
  readonly find: HTMLElement;
  readonly actions: Actions;
}

const palette = () => import('./palette/palette.js');

/** @param commands which do not exist yet: the palette asks for them when it opens */
export function makeWay(panel: NotebookPanel, name: string, commands: () => CommandRegistry): Way {
  const contents = contentsList(panel);
  const side = sidePanel({ panel, name });
  followProgress(panel, name, contents.progress);
  const find = element('div', {});
  let bar: Promise<FindBar> | undefined;
  const finding = (): Promise<FindBar> => {
    bar ??= import('./find/find-bar.js').then(({ findBar }) => {
      const made = findBar(panel);
      find.append(made.node);
      return made;
    });
    return bar;
  };
  const actions: Actions = {
    find: async () => {
      const selected = selectedText(panel.content);
      (await finding()).open(selected);
    },
    'find-next': async () => (await finding()).next(),
    'find-previous': async () => (await finding()).previous(),
    contents: contents.toggle,
    'next-exercise': contents.nextExercise,
    side: side.toggle,
    source: async () => {
      const word = wordUnderCursor(panel.content);
      const code = await side.open('code');
      if (word !== null) await code.define(word);
    },
    palette: async () => (await palette()).openPalette(commands()),
    keys: async () => (await import('./palette/keys-list.js')).openKeysList(),
    'all-notebooks': () => location.assign('/'),
  };
  return { contents, side, find, actions };
}

/** Words that are typed right after its key are for the palette, not for the cell: it has to be there by then. */
export async function loadPalette(): Promise<void> {
  await palette();
}
