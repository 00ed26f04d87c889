/** The editor of a cell: CodeMirror, with the same colours as the page that is read, and the checker's hints. */
import { closeBrackets, closeBracketsKeymap } from '@codemirror/autocomplete';
import {
  defaultKeymap,
  history,
  historyKeymap,
  indentLess,
  indentMore,
  insertNewlineKeepIndent,
} from '@codemirror/commands';
import { type Diagnostic, linter } from '@codemirror/lint';
import { EditorState, type Extension, Prec, RangeSetBuilder, StateEffect } from '@codemirror/state';
import {
  Decoration,
  type DecorationSet,
  EditorView,
  keymap,
  tooltips,
  ViewPlugin,
  type ViewUpdate,
} from '@codemirror/view';
import { completing, listed } from '../../../app/page/notebook/completion-list.js';
import { hint, inspecting } from '../../../app/page/notebook/hint.js';
import { markedParts } from '../../../handouts/code.js';
import type { Finding } from '../../../jupyter/kernel/check.js';
import type { Completions } from '../../../jupyter/kernel/completions.js';

/** What an editor asks; each answer is undefined where nobody checks. */
export interface Helper {
  check(source: string): Promise<readonly Finding[] | undefined>;
  complete(source: string, at: number): Promise<Completions | undefined>;
  inspect(source: string, at: number): Promise<string | undefined>;
}

/** How long nothing is typed before the checker is asked. */
const PAUSE_MS = 600;

const marks = new Map(['c', 's', 'k'].map(kind => [kind, Decoration.mark({ class: kind })]));

function coloured(state: EditorState): DecorationSet {
  const builder = new RangeSetBuilder<Decoration>();
  for (const { from, to, kind } of markedParts(state.doc.toString())) {
    const mark = marks.get(kind);
    if (mark !== undefined) builder.add(from, to, mark);
  }
  return builder.finish();
}

const colours = ViewPlugin.define(
  ({ state }) => ({
    all: coloured(state),
    update({ docChanged, state: now }: ViewUpdate) {
      if (docChanged) this.all = coloured(now);
    },
  }),
  { decorations: plugin => plugin.all },
);

const again = StateEffect.define();

function squiggles(helper: Helper): Extension {
  return linter(
    async view => {
      const found = (await helper.check(view.state.doc.toString())) ?? [];
      const { head } = view.state.selection.main;
      return (
        found
          .filter(({ start, end }) => start <= view.state.doc.length && end <= view.state.doc.length)
          // A word that is not yet finished is no error.
          .filter(({ end }) => !(view.hasFocus && end === head))
          .map(({ start: from, end: to, message }): Diagnostic => ({ from, to, severity: 'error', message }))
      );
    },
    {
      delay: PAUSE_MS,
      needsRefresh: ({ transactions }) => transactions.some(one => one.effects.some(effect => effect.is(again))),
    },
  );
}

function completion(helper: Helper): Extension {
  return completing(async ({ state, pos }) => {
    const source = state.doc.toString();
    const found = await helper.complete(source, pos);
    if (found === undefined) return null;
    const { start, end, all } = found;
    return listed({ from: start, to: end }, all, async label => {
      const text = await helper.inspect(source.slice(0, start) + label + source.slice(end), start);
      return text === undefined ? null : hint(text);
    });
  });
}

export class Editor {
  readonly #view: EditorView;

  /** @param label what a screen reader says it is */
  constructor(
    source: string,
    {
      label,
      helper,
      changed,
      run,
    }: { readonly label: string; readonly helper: Helper; changed(): void; run(next: boolean): boolean },
  ) {
    const state = EditorState.create({
      doc: source,
      extensions: [
        history(),
        colours,
        closeBrackets(),
        completion(helper),
        inspecting(async (text, at) => (await helper.inspect(text, at)) ?? null),
        squiggles(helper),
        // A cell cuts off what is drawn outside of it.
        tooltips({ parent: document.body }),
        EditorState.tabSize.of(2),
        EditorView.contentAttributes.of({ 'aria-label': label, spellcheck: 'false', autocapitalize: 'off' }),
        EditorView.updateListener.of(({ docChanged }) => {
          if (docChanged) changed();
        }),
        Prec.high(
          keymap.of([
            { key: 'Shift-Enter', run: () => run(true) },
            { key: 'Mod-Enter', run: () => run(false) },
            { key: 'Enter', run: insertNewlineKeepIndent },
          ]),
        ),
        keymap.of([
          ...closeBracketsKeymap,
          ...defaultKeymap,
          ...historyKeymap,
          { key: 'Tab', run: indentMore, shift: indentLess },
        ]),
      ],
    });
    this.#view = new EditorView({ state });
  }

  get node(): HTMLElement {
    return this.#view.dom;
  }

  get source(): string {
    return this.#view.state.doc.toString();
  }

  set source(text: string) {
    if (text === this.source) return;
    this.#view.dispatch({ changes: { from: 0, to: this.#view.state.doc.length, insert: text } });
  }

  focus(): void {
    this.#view.focus();
  }

  /** Other cells have run: what was wrong may be right now. */
  checkAgain(): void {
    this.#view.dispatch({ effects: again.of(null) });
  }
}
