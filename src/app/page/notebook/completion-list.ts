/** The list of completions: its looks and its keys, whoever is asked. */
import {
  acceptCompletion,
  autocompletion,
  type Completion,
  type CompletionResult,
  type CompletionSource,
  completionStatus,
  moveCompletionSelection,
  startCompletion,
} from '@codemirror/autocomplete';
import { type Extension, Prec } from '@codemirror/state';
import { type Command, EditorView, keymap } from '@codemirror/view';
import { infoPlace } from '../help/info-place.js';
import { kindOf, type Typed } from '../help/option.js';

/** Tab asks `source`, and takes what is chosen. */
export function completing(source: CompletionSource): Extension {
  return [
    autocompletion({
      override: [source],
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

/** @param options in the order in which they are shown, where the text fits two equally well */
export function listed(
  { from, to }: { readonly from: number; readonly to: number },
  options: readonly (Pick<Typed, 'text'> & Partial<Typed>)[],
  info: (label: string) => Promise<Node | null>,
): CompletionResult {
  const inString = options[0]?.type === 'string';
  return {
    from,
    to,
    options: options.map(
      ({ text: label, type, signature }, order): Completion => ({
        label,
        ...(type ? { type } : {}),
        ...(signature ? { detail: signature } : {}),
        sortText: String(order).padStart(5, '0'),
        info: () => info(label),
      }),
    ),
    validFor: inString ? /^[^'"`\n]*$/ : /^[\p{ID_Continue}$]*$/u,
  };
}
