/** A reader of src/: one file with its lines, read-only, opened at a line or at the definition of a name. */
import { EditorState } from '@codemirror/state';
import { EditorView, lineNumbers } from '@codemirror/view';
import { EditorLanguageRegistry, jupyterTheme } from '@jupyterlab/codemirror';
import { element } from '../dom.js';
import type { SideContext, SideTab } from './panel.js';
import { type Source, sourceFile, sourceFiles, sourceOfName } from './source-api.js';
import { wordUnderCursor } from './word-under-cursor.js';

export interface CodeTab extends SideTab {
  /** @param line from 1 */
  show(file: string, line?: number): Promise<void>;
  /** The place where a function, a step or a type of this name is defined. */
  define(name: string): Promise<void>;
}

const START =
  'Type the name of a function or of a file. With the cursor on a name in a cell, “Go to source” leads here.';

export async function codeTab({ panel, name: notebook }: SideContext): Promise<CodeTab> {
  const input = element('input', {
    type: 'search',
    class: 'pp-side-search',
    list: 'pp-source-files',
    placeholder: 'Function, step or file of src/',
    'aria-label': 'Open a function, a step or a file of src/',
    autocomplete: 'off',
    spellcheck: 'false',
  });
  const files = element('datalist', { id: 'pp-source-files' });
  const where = element('p', { class: 'pp-source-where', role: 'status' }, START);
  const place = element('div', { class: 'pp-source' });
  const node = element('div', { class: 'pp-side-code' }, input, files, where, place);
  const language = await EditorLanguageRegistry.getDefaultLanguages()
    .find(({ name }) => name === 'TypeScript')
    ?.load?.();

  const draw = ({ file, line, text }: Source): void => {
    where.replaceChildren(element('code', {}, file), line === undefined ? '' : `, line ${line}`);
    const doc = EditorState.create({
      doc: text,
      extensions: [
        lineNumbers(),
        EditorState.readOnly.of(true),
        EditorView.contentAttributes.of({ 'aria-label': `${file}, read-only`, 'aria-readonly': 'true', tabindex: '0' }),
        EditorView.lineWrapping,
        jupyterTheme,
        ...(language === undefined ? [] : [language]),
      ],
    });
    place.replaceChildren();
    const view = new EditorView({ state: doc, parent: place });
    const at = view.state.doc.line(Math.min(Math.max(1, line ?? 1), view.state.doc.lines));
    view.dispatch({
      selection: { anchor: at.from },
      effects: EditorView.scrollIntoView(at.from, { y: 'start', yMargin: 60 }),
    });
    if (line !== undefined) requestAnimationFrame(() => mark(view, at.from));
  };
  const say = (error: unknown): void => {
    place.replaceChildren();
    where.textContent = error instanceof Error ? error.message : String(error);
    const link = (error as { readonly link?: string }).link;
    if (link !== undefined)
      where.append(
        ' ',
        element('a', { href: link, target: '_blank', rel: 'noopener noreferrer' }, 'The file of this release'),
      );
  };
  const load = async (asked: Promise<Source>): Promise<void> => {
    try {
      draw(await asked);
    } catch (error) {
      say(error);
    }
  };
  const show = (file: string, line?: number): Promise<void> => load(sourceFile(file, line));
  const define = (name: string): Promise<void> => load(sourceOfName(name, notebook));
  input.addEventListener('change', () => {
    const asked = input.value.trim();
    if (asked !== '') void (asked.includes('/') ? show(asked) : define(asked));
  });
  void sourceFiles().then(all => files.append(...all.map(file => element('option', { value: file }))), say);
  const shown = (): void => {
    if (place.childElementCount > 0) return;
    const name = wordUnderCursor(panel.content);
    if (name !== null) input.value = name;
  };
  return { node, show, define, shown };
}

/** Draws the eye to a line; the next click takes the mark away. */
function mark(view: EditorView, at: number): void {
  const { node } = view.domAtPos(at);
  const line = (node instanceof Element ? node : node.parentElement)?.closest('.cm-line');
  line?.classList.add('pp-source-line');
}
