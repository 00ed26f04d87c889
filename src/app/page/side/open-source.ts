/** Shows a file of src/ beside the notebook. Whoever has a place in the sources to show calls this; the panel listens. */

export type OpenSource = (file: string, line?: number) => Promise<void>;

let opener: OpenSource | undefined;

/** The side panel says how it is done. */
export function onOpenSource(open: OpenSource): void {
  opener = open;
}

/**
 * Opens the side panel at a line of a source file.
 * @param file below the package root: `src/kit/run.ts`
 * @param line from 1; without it the file's beginning
 */
export function openSource(file: string, line?: number): Promise<void> {
  return opener?.(file, line) ?? Promise.resolve();
}
