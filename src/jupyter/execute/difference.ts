/** Where two texts part, for a person: the lines before, what was expected, what came. */

const context = 2;
const lineChars = 160;

function shorten(line: string): string {
  return line.length <= lineChars ? line : `${line.slice(0, lineChars)}… (${line.length} characters)`;
}

/** Undefined for equal texts; else the first difference in the manner of `diff -u`. */
export function firstDifference(committed: string, now: string): string | undefined {
  if (committed === now) return undefined;
  const old = committed.split('\n');
  const fresh = now.split('\n');
  let at = 0;
  while (at < old.length && at < fresh.length && old[at] === fresh[at]) at++;
  const lines = [`@@ line ${at + 1} @@`];
  for (const line of old.slice(Math.max(0, at - context), at)) lines.push(`  ${shorten(line)}`);
  const removed = old[at];
  const added = fresh[at];
  lines.push(removed === undefined ? '- (the committed file ends here)' : `- ${shorten(removed)}`);
  lines.push(added === undefined ? '+ (now the file ends here)' : `+ ${shorten(added)}`);
  return lines.join('\n');
}
