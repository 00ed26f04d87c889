/**
 * Conflict copies: when two pages save different edits of one notebook, the second version is kept beside the first as
 * `NAME.conflict-1.ipynb`. It opens, is saved and is deleted like a working copy.
 */

const FORM = /^(.+)\.conflict-(\d{1,6})\.ipynb$/;

/** The notebook that a conflict copy belongs to, or null when the name is none of a conflict copy. */
export function conflictOf(name: string): string | null {
  const stem = FORM.exec(name)?.[1];
  return stem === undefined ? null : `${stem}.ipynb`;
}

/** Those of `names` that are conflict copies of `notebook`, oldest first. */
export function conflictsOf(notebook: string, names: readonly string[]): string[] {
  const own = names.filter(name => conflictOf(name) === notebook);
  return own.sort((a, b) => numberOf(a) - numberOf(b));
}

/** A name for the next conflict copy. */
export function nextConflict(notebook: string, names: readonly string[]): string {
  const last = conflictsOf(notebook, names).at(-1);
  return notebook.replace(/\.ipynb$/, `.conflict-${last === undefined ? 1 : numberOf(last) + 1}.ipynb`);
}

function numberOf(name: string): number {
  return Number(FORM.exec(name)?.[2] ?? 0);
}
