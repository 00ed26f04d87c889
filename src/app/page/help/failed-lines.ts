/** The lines of a cell that its error names are marked in its editor, until the cell is edited or runs again. */
import { type Extension, StateEffect, StateField } from '@codemirror/state';
import { Decoration, type DecorationSet, EditorView } from '@codemirror/view';
import type { Cell } from '@jupyterlab/cells';
import { CodeMirrorEditor } from '@jupyterlab/codemirror';
import type { Runs } from './runs.js';

/** Numbers of lines, from 1. */
const mark = StateEffect.define<readonly number[]>();

const failedLine = Decoration.line({ class: 'pp-failed-line' });

const marked = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update(before, { docChanged, effects, state }) {
    for (const effect of effects) {
      if (!effect.is(mark)) continue;
      const lines = effect.value.filter(line => line >= 1 && line <= state.doc.lines);
      return Decoration.set(lines.map(line => failedLine.range(state.doc.line(line).from)));
    }
    return docChanged ? Decoration.none : before;
  },
  provide: field => EditorView.decorations.from(field),
});

/** For the editor of a code cell. */
export const failedLines: Extension = marked;

/** The lines of cell `count` in a traceback, in order; a message of the type checker begins with its place. */
export function linesIn(traceback: readonly string[], count: number): number[] {
  const lines = traceback.flatMap(text => {
    const [, cell, line] = /^\s*at cell (\d+), line (\d+)/.exec(text) ?? [];
    if (cell !== undefined) return Number(cell) === count ? [Number(line)] : [];
    const [, row] = /^(\d+):\d+ - /.exec(text) ?? [];
    return row === undefined ? [] : [Number(row)];
  });
  return [...new Set(lines)].sort((a, b) => a - b);
}

export function markFailedLines(runs: Runs): void {
  runs.listen({
    began: ({ cell }) => setMarks(cell, []),
    failed: ({ cell, count, code }, traceback) => {
      // Edited since it was sent: the lines are others.
      if (cell.model.sharedModel.source === code) setMarks(cell, linesIn(traceback, count));
    },
  });
}

function setMarks(cell: Cell, lines: readonly number[]): void {
  // A cell that is folded or far away has no editor.
  if (cell.isDisposed || !(cell.editor instanceof CodeMirrorEditor)) return;
  const view = cell.editor.editor;
  if (lines.length > 0 || view.state.field(marked, false)?.size) view.dispatch({ effects: mark.of(lines) });
}
