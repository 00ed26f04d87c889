/** Types as a reader wants to see them: without the files they come from, and without what a model's own type is made of. */

/** `import("/folder/structs").Page` is `Page`. */
export function withoutFiles(text: string): string {
  return text.replaceAll(/import\("[^"]*"\)\./g, '');
}

/** Where the bracket that opens at `open` closes; undefined: it does not, for instance in a text that was cut. */
function closing(text: string, open: number): number | undefined {
  let depth = 0;
  const token = /"[^"]*"|=>|[<>]/g;
  token.lastIndex = open;
  for (let found = token.exec(text); found !== null; found = token.exec(text)) {
    if (found[0] === '<') depth++;
    if (found[0] === '>') depth--;
    if (depth === 0) return found.index;
  }
  return undefined;
}

/** `(method) Model<…, …>.explore(…)` is `(method) Model.explore(…)`. */
function withoutOwner(text: string): string {
  const open = /^\([a-z ]+\) [\w$.]+(?=<)/.exec(text)?.[0].length;
  const close = open === undefined ? undefined : closing(text, open);
  return open === undefined || close === undefined || text[close + 1] !== '.'
    ? text
    : text.slice(0, open) + text.slice(close + 1);
}

/** What a hint says of a name: its type in the first lines, then its doc comment. */
export const plainHint = (text: string): string => withoutOwner(withoutFiles(text));
