/** Tab completion: the kernel is asked, CodeMirror shows the answers. */
import {
  acceptCompletion,
  autocompletion,
  type Completion,
  type CompletionContext,
  type CompletionResult,
  completionStatus,
  moveCompletionSelection,
  startCompletion,
} from '@codemirror/autocomplete';
import { type Extension, Prec } from '@codemirror/state';
import { type Command, EditorView, keymap } from '@codemirror/view';
import type { Kernel } from '@jupyterlab/services';
import { infoPlace } from '../help/info-place.js';
import { kindOf, typesIn } from '../help/option.js';
import { hint, inspect } from './inspection.js';

/** After this a busy kernel's answer would only surprise. */
const PATIENCE_MS = 4000;

type GetKernel = () => Kernel.IKernelConnection | null;

/** @param kernel the kernel to ask, or null while it has other work */
export function kernelCompletion(kernel: GetKernel): Extension {
  return [
    autocompletion({
      override: [context => ask(context, kernel())],
      activateOnTyping: false,
      icons: false,
      addToOptions: [{ render: kindOf, position: 20 }],
      // The kernel's order, where the text fits two equally well.
      compareCompletions: (a, b) => (a.sortText ?? '').localeCompare(b.sortText ?? ''),
      positionInfo: (view, list, option, info, space) =>
        infoPlace({ list, option, info, space }, view.coordsAtPos(view.state.selection.main.head)),
    }),
    Prec.highest(EditorView.domEventHandlers({ keydown: moveInList })),
    Prec.highest(keymap.of([{ key: 'Tab', run: view => acceptCompletion(view) || completeWord(view) }])),
  ];
}

const MOVES: ReadonlyMap<string, Command> = new Map([
  ['ArrowDown', moveCompletionSelection(true)],
  ['ArrowUp', moveCompletionSelection(false)],
  ['PageDown', moveCompletionSelection(true, 'page')],
  ['PageUp', moveCompletionSelection(false, 'page')],
]);

/** While the list is open these keys are its own: JupyterLab would go to the next cell from the last line of this one. */
function moveInList(event: KeyboardEvent, view: EditorView): boolean {
  const move = event.ctrlKey || event.altKey || event.metaKey ? undefined : MOVES.get(event.key);
  if (move === undefined || completionStatus(view.state) !== 'active') return false;
  move(view);
  return true;
}

/** Completes after a name or a dot, and in a string; elsewhere Tab indents as usual. */
function completeWord(view: EditorView): boolean {
  const { head, empty } = view.state.selection.main;
  const line = view.state.doc.lineAt(head);
  const before = view.state.sliceDoc(line.from, head);
  return empty && (/[\p{ID_Continue}$.]$/u.test(before) || isInString(before)) && startCompletion(view);
}

/** Whether a string that began in this line has not ended yet. */
function isInString(before: string): boolean {
  return /^(?:[^'"\\]|\\.|'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")*(?:'(?:[^'\\]|\\.)*|"(?:[^"\\]|\\.)*)$/.test(before);
}

async function ask(
  context: CompletionContext,
  kernel: Kernel.IKernelConnection | null,
): Promise<CompletionResult | null> {
  if (kernel === null) return null;
  const code = context.state.doc.toString();
  const late = new Promise<null>(resolve => setTimeout(() => resolve(null), PATIENCE_MS));
  const asked = kernel.requestComplete({ code, cursor_pos: context.pos });
  const reply = await Promise.race([asked, late]);
  if (reply === null || reply.content.status !== 'ok') return null;
  const { cursor_start: from, cursor_end: to, matches, metadata } = reply.content;
  const types = typesIn(metadata);
  const options = matches.map((label, order): Completion => {
    const { type, signature } = types.get(label) ?? {};
    return {
      label,
      ...(type ? { type } : {}),
      ...(signature ? { detail: signature } : {}),
      sortText: String(order).padStart(5, '0'),
      info: () => about(kernel, { code, from, to }, label),
    };
  });
  const inString = options[0]?.type === 'string';
  return { from, to, options, validFor: inString ? /^[^'"`\n]*$/ : /^[\p{ID_Continue}$]*$/u };
}

/** What a hint would say if the choice were taken. */
async function about(
  kernel: Kernel.IKernelConnection,
  { code, from, to }: { readonly code: string; readonly from: number; readonly to: number },
  label: string,
): Promise<Node | null> {
  if (kernel.isDisposed) return null;
  const text = await inspect(kernel, code.slice(0, from) + label + code.slice(to), from);
  return text === null ? null : hint(text);
}
