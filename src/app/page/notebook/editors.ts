/** Code editors: languages, themes and extensions for JupyterLab's CodeMirror. */
import { deleteLine, toggleComment } from '@codemirror/commands';
import { markdown } from '@codemirror/lang-markdown';
import { selectNextOccurrence } from '@codemirror/search';
import type { Extension } from '@codemirror/state';
import { EditorView, keymap } from '@codemirror/view';
import type { YBaseCell } from '@jupyter/ydoc';
import {
  CodeMirrorEditorFactory,
  EditorExtensionRegistry,
  EditorLanguageRegistry,
  EditorThemeRegistry,
  ybinding,
} from '@jupyterlab/codemirror';

/** JupyterLab takes these out of CodeMirror's own keys: its application has them as commands. */
const keys = keymap.of([
  { key: 'Mod-/', run: toggleComment },
  { key: 'Mod-d', run: deleteLine },
  { key: 'Mod-Shift-d', run: selectNextOccurrence },
]);

export interface Editors {
  readonly languages: EditorLanguageRegistry;
  readonly factory: CodeMirrorEditorFactory;
}

/** @param extra extensions for the editor of a cell of this type, for instance completion */
export function makeEditors(extra: (cellType: string) => Extension): Editors {
  const languages = new EditorLanguageRegistry();
  for (const language of EditorLanguageRegistry.getDefaultLanguages()) languages.addLanguage(language);
  languages.addLanguage({ name: 'ipythongfm', mime: 'text/x-ipythongfm', load: async () => markdown() });
  const themes = new EditorThemeRegistry();
  for (const theme of EditorThemeRegistry.getDefaultThemes()) themes.addTheme(theme);
  const extensions = new EditorExtensionRegistry();
  for (const factory of EditorExtensionRegistry.getDefaultExtensions({ themes })) extensions.addExtension(factory);
  extensions.addExtension({
    name: 'shared-model-binding',
    factory: ({ model }) => {
      // Cells are yjs cells here; the public type of a shared model says less.
      const shared = model.sharedModel as unknown as YBaseCell<never>;
      return EditorExtensionRegistry.createImmutableExtension(
        ybinding({
          ytext: shared.ysource,
          ...(shared.undoManager === null ? {} : { undoManager: shared.undoManager }),
        }),
      );
    },
  });
  extensions.addExtension({
    name: 'put-page',
    factory: ({ model }) => {
      const { cell_type } = model.sharedModel as unknown as YBaseCell<never>;
      const label = cell_type === 'code' ? 'Code of the cell' : 'Text of the cell';
      const labelled = EditorView.contentAttributes.of({ 'aria-label': label });
      return EditorExtensionRegistry.createImmutableExtension([extra(cell_type), labelled, keys]);
    },
  });
  return { languages, factory: new CodeMirrorEditorFactory({ languages, extensions }) };
}
