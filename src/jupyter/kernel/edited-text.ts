/** A text with insertions and replacements that add no lines, and the way back from a position in it. */

interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

interface Place {
  readonly line: number;
  readonly column: number;
}

export class EditedText {
  readonly #original: string;
  readonly #edits: Edit[] = [];

  constructor(original: string) {
    this.#original = original;
  }

  /** Edits at the same place stand in the order in which they were made. */
  insert(at: number, text: string): void {
    this.#edits.push({ start: at, end: at, text });
  }

  /** `text` must have as many line breaks as what it replaces. */
  replace(start: number, end: number, text: string): void {
    this.#edits.push({ start, end, text });
  }

  /** Takes a range out; its line breaks stay. */
  blank(start: number, end: number): void {
    this.replace(start, end, this.#original.slice(start, end).replaceAll(/[^\n]/g, ' '));
  }

  /** The edited text, and a function from its positions (line and column from 0) to those of the original. */
  finish(): { text: string; original: (place: Place) => Place } {
    const edits = this.#edits
      .map((edit, order) => ({ edit, order }))
      .sort((a, b) => a.edit.start - b.edit.start || a.order - b.order)
      .map(({ edit }) => edit);
    const pieces: string[] = [];
    // Where each piece of the new text begins, there and here; in a replacement every place is its beginning.
    const starts: { readonly to: number; readonly from: number; readonly fixed: boolean }[] = [];
    let from = 0;
    let to = 0;
    const add = (text: string, fixed: boolean): void => {
      if (text === '') return;
      starts.push({ to, from, fixed });
      pieces.push(text);
      to += text.length;
    };
    for (const { start, end, text } of edits) {
      if (start < from) throw new Error(`two changes of a cell overlap at ${start}`);
      add(this.#original.slice(from, start), false);
      from = start;
      add(text, true);
      from = end;
    }
    add(this.#original.slice(from), false);
    const text = pieces.join('');
    return { text, original: place => this.#back(text, starts, place) };
  }

  #back(
    text: string,
    starts: readonly { readonly to: number; readonly from: number; readonly fixed: boolean }[],
    { line, column }: Place,
  ): Place {
    const lines = text.split('\n');
    const at = lines.slice(0, line).reduce((sum, one) => sum + one.length + 1, 0) + column;
    const piece = starts.findLast(start => start.to <= at);
    const offset = piece === undefined ? at : piece.from + (piece.fixed ? 0 : at - piece.to);
    const before = this.#original.slice(0, offset);
    return { line: before.split('\n').length - 1, column: offset - before.lastIndexOf('\n') - 1 };
  }
}
