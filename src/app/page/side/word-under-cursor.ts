/** The name at the cursor of the active cell, or the text that is selected there. */
import type { CodeMirrorEditor } from '@jupyterlab/codemirror';
import type { Notebook } from '@jupyterlab/notebook';

/** What is selected in the editor of the active cell, if that is one line at most. */
export function selectedText(notebook: Notebook): string | null {
  const view = (notebook.activeCell?.editor as CodeMirrorEditor | null | undefined)?.editor;
  if (view === undefined) return null;
  const { from, to } = view.state.selection.main;
  const text = view.state.sliceDoc(from, to);
  return text === '' || text.includes('\n') ? null : text;
}

export function wordUnderCursor(notebook: Notebook): string | null {
  const view = (notebook.activeCell?.editor as CodeMirrorEditor | null | undefined)?.editor;
  if (view === undefined) return null;
  const { main } = view.state.selection;
  if (!main.empty) return view.state.sliceDoc(main.from, main.to).trim();
  const word = view.state.wordAt(main.head);
  return word === null ? null : view.state.sliceDoc(word.from, word.to);
}
