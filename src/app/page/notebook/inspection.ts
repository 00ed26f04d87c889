/** Type and documentation of the name under the cursor (Shift-Tab) or under the mouse, from the kernel's checker. */
import { type Extension, Prec, StateEffect, StateField } from '@codemirror/state';
import { type EditorView, hoverTooltip, keymap, showTooltip, type Tooltip } from '@codemirror/view';
import type { Kernel } from '@jupyterlab/services';
import { element } from '../dom.js';

/** After this a busy kernel's answer would only surprise. */
const PATIENCE_MS = 3000;
const HOVER_MS = 450;

type GetKernel = () => Kernel.IKernelConnection | null;

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

/** @param kernel the kernel to ask, or null while it has other work */
export function kernelInspection(kernel: GetKernel): Extension {
  const open = (view: EditorView): boolean => {
    const { head } = view.state.selection.main;
    if (wordAt(view, head) === null) return false;
    void tooltipAt(view, head, kernel).then(tooltip => view.dispatch({ effects: show.of(tooltip) }));
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
    hoverTooltip((view, pos) => (wordAt(view, pos) === null ? null : tooltipAt(view, pos, kernel)), {
      hoverTime: HOVER_MS,
    }),
  ];
}

/** The range of the name at a position, also right behind its last letter; null where there is none. */
function wordAt(view: EditorView, pos: number): { from: number; to: number } | null {
  const word = view.state.wordAt(pos);
  return word !== null && /^[A-Za-z_$]/.test(view.state.sliceDoc(word.from, word.to)) ? word : null;
}

async function tooltipAt(view: EditorView, pos: number, kernel: GetKernel): Promise<Tooltip | null> {
  const word = wordAt(view, pos);
  const asked = kernel();
  if (word === null || asked === null) return null;
  const text = await inspect(asked, view.state.doc.toString(), word.from);
  if (text === null) return null;
  return { pos: word.from, end: word.to, above: true, create: () => ({ dom: hint(text) }) };
}

export async function inspect(
  kernel: Kernel.IKernelConnection,
  code: string,
  cursor_pos: number,
): Promise<string | null> {
  const late = new Promise<null>(resolve => setTimeout(() => resolve(null), PATIENCE_MS));
  const reply = await Promise.race([kernel.requestInspect({ code, cursor_pos, detail_level: 0 }), late]);
  if (reply === null || reply.content.status !== 'ok' || !reply.content.found) return null;
  const text = reply.content.data['text/plain'];
  return typeof text === 'string' && text.trim() !== '' ? text.trim() : null;
}

/** The type comes first, then what the doc comment says. */
export function hint(text: string): HTMLElement {
  const [type = '', ...words] = text.split(/\n\n+/);
  const box = element('div', { class: 'pp-hint', role: 'tooltip' }, element('pre', {}, type));
  for (const paragraph of words) box.append(element('p', {}, paragraph.trim()));
  return box;
}
