/** Saves the working copy shortly after the last change, and says on the page whether it is saved. */
import type { DocumentRegistry } from '@jupyterlab/docregistry';
import type { INotebookModel } from '@jupyterlab/notebook';

const QUIET_MS = 1500;

export type SaveState = 'saved' | 'unsaved' | 'saving' | 'failed';

export interface Autosave {
  /** Drops a planned save, so that a deleted copy does not come back. */
  cancel(): void;
}

export function autosave(
  context: DocumentRegistry.IContext<INotebookModel>,
  onState: (state: SaveState) => void,
): Autosave {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const cancel = (): void => clearTimeout(timer);
  const plan = (): void => {
    if (!context.model.dirty) return;
    onState('unsaved');
    cancel();
    timer = setTimeout(() => void context.save().catch(() => undefined), QUIET_MS);
  };
  context.model.contentChanged.connect(plan);
  context.model.stateChanged.connect((_, change) => {
    if (change.name === 'dirty') plan();
  });
  context.saveState.connect((_, state) => {
    if (state === 'started') onState('saving');
    else if (state === 'failed') onState('failed');
    else if (context.model.dirty) plan();
    else onState('saved');
  });
  window.addEventListener('beforeunload', event => {
    if (context.model.dirty) event.preventDefault();
  });
  return { cancel };
}
