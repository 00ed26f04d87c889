/** Type and documentation of the name under the cursor (Shift-Tab) or under the mouse, whoever is asked. */
import { type Extension, Prec, StateEffect, StateField } from '@codemirror/state';
import { EditorView, hoverTooltip, keymap, showTooltip, type Tooltip } from '@codemirror/view';
import { element } from '../dom.js';

const HOVER_MS = 450;

/** What is said of the name at a place in a text; null: nothing. */
export type AskHint = (source: string, at: number) => Promise<string | null>;

const show = StateEffect.define<Tooltip | null>();

/** The hint that Shift-Tab opened; typing and moving on close it. */
const shown = StateField.define<Tooltip | null>({
  create: () => null,
  update(tooltip, transaction) {
    for (const effect of transaction.effects) if (effect.is(show)) return effect.value;
    return transaction.docChanged || transaction.selection !== undefined ? null : tooltip;
  },
  provide: field => showTooltip.from(field),
});

export function inspecting(ask: AskHint): Extension {
  const open = (view: EditorView): boolean => {
    const { head } = view.state.selection.main;
    const pos = wordAt(view, head) === null ? calledAt(view, head) : head;
    if (pos === null) return false;
    const { doc } = view.state;
    void tooltipAt(view, pos, ask).then(tooltip => {
      // Typed on, or gone elsewhere meanwhile: it would stand at a place that is another now.
      if (view.state.doc === doc && view.hasFocus) view.dispatch({ effects: show.of(tooltip) });
    });
    return true;
  };
  const close = (view: EditorView): boolean => {
    if (view.state.field(shown, false) == null) return false;
    view.dispatch({ effects: show.of(null) });
    return true;
  };
  return [
    shown,
    Prec.highest(
      keymap.of([
        { key: 'Shift-Tab', run: open },
        { key: 'Escape', run: close },
      ]),
    ),
    // It stands over the cell above, which is to be reached with a click.
    EditorView.domEventHandlers({
      blur: (event, view) => {
        if (!(event.relatedTarget instanceof Node && view.dom.contains(event.relatedTarget))) close(view);
      },
    }),
    hoverTooltip((view, pos) => (wordAt(view, pos) === null ? null : tooltipAt(view, pos, ask)), {
      hoverTime: HOVER_MS,
    }),
  ];
}

/** The range of the name at a position, also right behind its last letter; null where there is none. */
function wordAt(view: EditorView, pos: number): { from: number; to: number } | null {
  const word = view.state.wordAt(pos);
  return word !== null && /^[A-Za-z_$]/.test(view.state.sliceDoc(word.from, word.to)) ? word : null;
}

/** How far before the cursor the name of a call is looked for, in characters. */
const CALL_REACH = 2000;

/**
 * The end of the name of the call whose arguments stand at a position; null outside of calls. Shift-Tab is pressed there to see what
 * the function takes. Brackets in strings count like others: at worst there is no hint.
 */
function calledAt(view: EditorView, pos: number): number | null {
  const before = view.state.sliceDoc(Math.max(0, pos - CALL_REACH), pos);
  let open = 0;
  for (let at = before.length - 1; at >= 0; at--) {
    const char = before.charAt(at);
    if (')]}'.includes(char)) open += 1;
    else if ('([{'.includes(char) && open > 0) open -= 1;
    else if (char === '(') {
      const end = pos - before.length + at;
      return wordAt(view, end) === null ? null : end;
    }
  }
  return null;
}

async function tooltipAt(view: EditorView, pos: number, ask: AskHint): Promise<Tooltip | null> {
  const word = wordAt(view, pos);
  if (word === null) return null;
  const text = await ask(view.state.doc.toString(), word.from);
  if (text === null) return null;
  return { pos: word.from, end: word.to, above: true, create: () => ({ dom: hint(text) }) };
}

/** A type of more lines stands below what the doc comment says, which would else be out of sight. */
const SHORT_LINES = 6;

/** The type comes first, then what the doc comment says. */
export function hint(text: string): HTMLElement {
  const [type = '', ...words] = text.split(/\n\n+/);
  const paragraphs = words.map(paragraph => element('p', {}, paragraph.trim()));
  const shown = element('pre', {}, type);
  const isShort = type.split('\n').length <= SHORT_LINES;
  return element(
    'div',
    { class: 'pp-hint', role: 'tooltip' },
    ...(isShort ? [shown, ...paragraphs] : [...paragraphs, shown]),
  );
}
