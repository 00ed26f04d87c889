/** Type errors under the text while it is written. Nothing runs for it: the kernel's checker is asked when the typing pauses. */
import { diagnosticCount, nextDiagnostic, previousDiagnostic, setDiagnostics } from '@codemirror/lint';
import { type Extension, Prec } from '@codemirror/state';
import {
  type Command,
  closeHoverTooltips,
  type EditorView,
  hasHoverTooltips,
  keymap,
  type PluginValue,
  ViewPlugin,
  type ViewUpdate,
} from '@codemirror/view';
import type { ISessionContext } from '@jupyterlab/apputils';
import type { INotebookModel } from '@jupyterlab/notebook';
import type { Kernel } from '@jupyterlab/services';
import { askCheck, type Finding } from './ask-check.js';

/** How long nothing is typed before the kernel is asked. */
const PAUSE_MS = 600;

const SEVERITY = 'error' as const;

export class Squiggles {
  readonly #kernel: () => Kernel.IKernelConnection | null;
  readonly #notebook: INotebookModel;
  readonly #editors = new Set<Editor>();
  #ran = false;

  /** @param kernel the kernel to ask, or null while it has other work */
  constructor(session: ISessionContext, kernel: () => Kernel.IKernelConnection | null, notebook: INotebookModel) {
    this.#kernel = kernel;
    this.#notebook = notebook;
    session.iopubMessage.connect((_, { header }) => {
      if (header.msg_type === 'execute_input') this.#ran = true;
    });
    session.statusChanged.connect((_, status) => {
      if (status !== 'idle') return;
      const ran = this.#ran;
      this.#ran = false;
      for (const editor of this.#editors) editor.idle(ran);
    });
    // A fresh kernel knows nothing of what the old one had run.
    session.kernelChanged.connect(() => {
      for (const editor of this.#editors) editor.idle(true);
    });
  }

  /** For the editor of a code cell. */
  get extension(): Extension {
    const plugin = ViewPlugin.define(view => {
      const editor = new Editor(
        view,
        () => this.#ask(view.state.doc.toString()),
        () => this.#editors.delete(editor),
      );
      this.#editors.add(editor);
      return editor;
    });
    const go = (to: Command) => (view: EditorView) => {
      view.plugin(plugin)?.showHeld();
      return to(view);
    };
    // The keys of VS Code.
    const keys = [
      { key: 'F8', run: go(nextDiagnostic), shift: go(previousDiagnostic) },
      { key: 'Escape', run: closeHints },
    ];
    return [plugin, Prec.high(keymap.of(keys))];
  }

  /** Undefined: not now, the kernel has other work. */
  #ask(code: string): ReturnType<typeof askCheck> | undefined {
    const kernel = this.#kernel();
    if (kernel === null) return undefined;
    const cells = [...this.#notebook.cells].filter(cell => cell.type === 'code');
    const others = cells.map(cell => cell.sharedModel.source).filter(source => source !== code);
    return askCheck(kernel, code, others);
  }
}

function closeHints(view: EditorView): boolean {
  if (!hasHoverTooltips(view.state)) return false;
  view.dispatch({ effects: closeHoverTooltips });
  return true;
}

type Ask = () => ReturnType<typeof askCheck> | undefined;

class Editor implements PluginValue {
  readonly #view: EditorView;
  readonly #ask: Ask;
  readonly #onEnd: () => void;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** It was edited, and the kernel had no time. */
  #waits = false;
  /** All that was found, while an error ends where the cursor is: a word that is not yet finished is no error. */
  #held: readonly Finding[] = [];

  constructor(view: EditorView, ask: Ask, onEnd: () => void) {
    this.#view = view;
    this.#ask = ask;
    this.#onEnd = onEnd;
  }

  update({ docChanged, selectionSet }: ViewUpdate): void {
    if (docChanged) {
      this.#soon();
      this.#held = [];
    } else if (selectionSet && this.#held.length > 0) {
      // An editor cannot be changed in the middle of its update.
      queueMicrotask(() => this.showHeld());
    }
  }

  /** The cursor moves on: now the word is finished. */
  showHeld(): void {
    const held = this.#held;
    this.#held = [];
    if (held.length > 0) this.#show(held);
  }

  /** @param ran whether a cell has run since: then what was an error may be none now */
  idle(ran: boolean): void {
    if (this.#waits || (ran && diagnosticCount(this.#view.state) > 0)) this.#soon();
  }

  destroy(): void {
    clearTimeout(this.#timer);
    this.#onEnd();
  }

  #soon(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#check(), PAUSE_MS);
  }

  async #check(): Promise<void> {
    const { doc } = this.#view.state;
    const asked = this.#ask();
    this.#waits = asked === undefined;
    const found = await asked;
    // What was said of an older text would stand at the wrong places.
    if (found == null || this.#view.state.doc !== doc) return;
    const { head } = this.#view.state.selection.main;
    const isTyped = ({ end }: Finding): boolean => end === head && this.#view.hasFocus;
    this.#held = found.some(isTyped) ? found : [];
    this.#show(found.filter(one => !isTyped(one)));
  }

  #show(found: readonly Finding[]): void {
    const { state } = this.#view;
    const diagnostics = found.map(({ start, end, message }) => ({ from: start, to: end, severity: SEVERITY, message }));
    if (diagnostics.length > 0 || diagnosticCount(state) > 0) this.#view.dispatch(setDiagnostics(state, diagnostics));
  }
}
