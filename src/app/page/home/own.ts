/** The reader's own notebooks on the home page: made, opened from a file, duplicated, renamed, deleted. */
import { deleteNotebook, freeName, makeNotebook, type NotebookEntry, renameNotebook, restoreNotebook } from '../api.js';
import { element } from '../dom.js';
import type { MenuItem } from '../menu.js';
import { ask } from '../notebook/ask.js';
import type { Notices } from '../notebook/notices.js';
import { askName } from './ask-name.js';
import { stem } from './card.js';

export interface OwnActions {
  /** The buttons that make a notebook. */
  readonly buttons: readonly HTMLElement[];
  /** What can be done with a notebook. */
  of(entry: NotebookEntry): readonly MenuItem[];
}

/** @param again draws the page anew */
export function ownActions(notices: Notices, again: () => Promise<void>): OwnActions {
  const tell = (error: unknown): void => {
    const text = error instanceof Error ? error.message : String(error);
    notices.show({ kind: 'own', tone: 'warning', text });
  };
  const trying = (work: () => Promise<unknown>) => (): void => void work().catch(tell);

  const create = trying(async () =>
    askName({
      title: 'New notebook',
      name: await freeName('my-notebook'),
      submit: 'Create',
      take: async name => open((await makeNotebook(name)).name),
    }),
  );
  const duplicate = async ({ name }: NotebookEntry): Promise<void> =>
    askName({
      title: `Duplicate of ${stem(name)}`,
      name: await freeName(name),
      submit: 'Duplicate',
      take: async to => open((await makeNotebook(to, { of: name })).name),
    });
  const rename = ({ name }: NotebookEntry): Promise<void> =>
    askName({
      title: `Another name for ${stem(name)}`,
      name: stem(name),
      submit: 'Rename',
      take: async to => {
        await renameNotebook(name, to);
        await again();
      },
    });
  const remove = async ({ name, kernel }: NotebookEntry): Promise<void> => {
    const end = kernel ? ' Its kernel is stopped.' : '';
    if (!(await ask(`Delete '${stem(name)}'?${end} You can undo it.`, 'Delete'))) return;
    const { deleted } = await deleteNotebook(name);
    await again();
    const undo = trying(async () => {
      await restoreNotebook(deleted);
      await again();
    });
    const text = `'${stem(name)}' is deleted. It is kept aside as '${deleted}' in the folder of your copies.`;
    notices.show({ kind: 'own', text, actions: [{ label: 'Undo', run: undo }] });
  };

  const file = element('input', { type: 'file', accept: '.ipynb,application/x-ipynb+json', hidden: '' });
  file.addEventListener('change', () => {
    const [chosen] = file.files ?? [];
    if (chosen === undefined) return;
    notices.hide('own');
    trying(async () => {
      const text = await chosen.text();
      // The same file, mended meanwhile, can be chosen again.
      file.value = '';
      open((await makeNotebook(chosen.name, { text })).name);
    })();
  });
  const button = (label: string, run: () => unknown): HTMLElement => {
    const made = element('button', { type: 'button', class: 'pp-button pp-strong' }, label);
    made.addEventListener('click', run);
    return made;
  };
  return {
    buttons: [button('New notebook', create), button('Open a file…', () => file.click()), file],
    of: entry => {
      const item = (label: string, run: (entry: NotebookEntry) => Promise<void>): MenuItem => ({
        label,
        run: trying(() => run(entry)),
      });
      const copy = entry.broken === true ? [] : [item('Duplicate…', duplicate)];
      return entry.edited === 'own' ? [item('Rename…', rename), ...copy, item('Delete…', remove)] : copy;
    },
  };
}

function open(name: string): void {
  location.assign(`/notebook/${encodeURIComponent(name)}`);
}
