/**
 * `put-page sync NOTEBOOK.ipynb`: a notebook that was edited as .ipynb (Jupyter, VS Code, a working copy) back into its
 * percent source. Outputs stay where they are; `put-page execute` makes new ones.
 */
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type Cell, type Document, NotebookFormatError } from '../notebook/document.js';
import { toDocument } from '../notebook/nbformat.js';
import { parsePercent, printPercent } from '../notebook/percent.js';
import { parseNotebook } from '../notebook/validate.js';
import { projectRoot } from '../project-root.js';

const copies = path.join('.put-page', 'notebooks');
const originals = 'notebooks';

/** The source that belongs to an .ipynb. */
export function sourceOf(ipynb: string, root: string): string {
  const file = path.resolve(ipynb).replace(/\.ipynb$/, '.ts');
  if (path.dirname(file) !== path.join(root, copies)) return file;
  return path.join(root, originals, path.basename(file));
}

/** An id stands in a marker only where the author wrote it; the others stay in the .ipynb. */
function withWrittenIds(edited: Document, before: Document): Document {
  const written = new Set(before.cells.map(cell => cell.id));
  return {
    cells: edited.cells.map(({ id, ...cell }): Cell => (id !== undefined && written.has(id) ? { ...cell, id } : cell)),
  };
}

/** The new text of a source. `before` is what the source was, if there was one. */
export function synced(ipynb: string, before: string | undefined, names: { ipynb: string; ts: string }): string {
  const edited = toDocument(parseNotebook(ipynb, names.ipynb));
  if (edited.cells.length === 0)
    throw new NotebookFormatError(names.ipynb, ['there is no cell in it; nothing to write']);
  const old = before === undefined ? { cells: [] } : parsePercent(before, names.ts);
  return printPercent(withWrittenIds(edited, old));
}

/** Takes one notebook back into its source. The result says what was done. Errors: a NotebookFormatError where it is refused. */
export function syncOne(ipynb: string, force: boolean): string {
  const ts = sourceOf(ipynb, projectRoot);
  const names = { ipynb: path.relative(process.cwd(), ipynb), ts: path.relative(process.cwd(), ts) };
  const before = existsSync(ts) ? readFileSync(ts, 'utf8') : undefined;
  const now = synced(readFileSync(ipynb, 'utf8'), before, names);
  if (now === before) return `${names.ts}: unchanged, it has the same cells as ${names.ipynb}`;
  if (before !== undefined && !force && statSync(ts).mtimeMs > statSync(ipynb).mtimeMs) {
    const why = `it was saved after ${names.ipynb} and has other cells; --force takes those of the .ipynb`;
    throw new NotebookFormatError(names.ts, [why]);
  }
  writeFileSync(ts, now);
  const name = path.dirname(ts) === path.join(projectRoot, originals) ? path.basename(ts, '.ts') : names.ts;
  return `${names.ts} written from ${names.ipynb}; outputs: \`npx put-page execute ${name}\``;
}
