/** Tab completion: the kernel is asked, CodeMirror shows the answers. */
import {
  acceptCompletion,
  autocompletion,
  type CompletionContext,
  type CompletionResult,
  startCompletion,
} from '@codemirror/autocomplete';
import { type Extension, Prec } from '@codemirror/state';
import { type EditorView, keymap } from '@codemirror/view';
import type { Kernel } from '@jupyterlab/services';

/** After this a busy kernel's answer would only surprise. */
const PATIENCE_MS = 4000;

/** @param kernel the kernel to ask, or null while there is none */
export function kernelCompletion(kernel: () => Kernel.IKernelConnection | null): Extension {
  return [
    autocompletion({ override: [context => ask(context, kernel())], activateOnTyping: false, icons: false }),
    Prec.highest(keymap.of([{ key: 'Tab', run: view => acceptCompletion(view) || completeWord(view) }])),
  ];
}

/** Completes after a name or a dot; elsewhere Tab indents as usual. */
function completeWord(view: EditorView): boolean {
  const { head, empty } = view.state.selection.main;
  const before = view.state.sliceDoc(Math.max(0, head - 1), head);
  return empty && /[\w$.]/.test(before) && startCompletion(view);
}

async function ask(
  context: CompletionContext,
  kernel: Kernel.IKernelConnection | null,
): Promise<CompletionResult | null> {
  if (kernel === null || kernel.status === 'busy') return null;
  const late = new Promise<null>(resolve => setTimeout(() => resolve(null), PATIENCE_MS));
  const asked = kernel.requestComplete({ code: context.state.doc.toString(), cursor_pos: context.pos });
  const reply = await Promise.race([asked, late]);
  if (reply === null || reply.content.status !== 'ok') return null;
  const { cursor_start: from, cursor_end: to, matches } = reply.content;
  return { from, to, options: matches.map(label => ({ label })), validFor: /^[\w$]*$/ };
}
