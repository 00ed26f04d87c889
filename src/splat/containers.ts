/** Lines of a log inside something else: JSON objects, HTML, Markdown, strings of source code. */

/** Keys under which journald, dmesg, docker, Kubernetes and the like keep the text of a log line. */
const messageKey = /"(?:MESSAGE|message|@message|msg|log|text|body|content|line|event)"\s*:\s*(?="|\[\d)/g;
const jsonString = /"((?:[^"\\]|\\.)*)/y;
const jsonBytes = /\[([\d,\s]*)/y;
const lineTag = /<br\s*\/?>|<\/(?:p|div|li|tr|pre)>/i;
const anyTag =
  /<\/?(?:a|b|br|code|div|em|font|i|kbd|li|p|pre|samp|span|strong|table|tbody|td|tr|tt|ul)(?:\s[^<>]*)?\/?>/gi;
const quoted = /^\s*(["'`])(.*?)\1?[,;]?\s*$/;
const escapedEnd = /(?:\\[rnt])+(?=["'`]?[,;]?\s*$)/;
const utf8 = new TextDecoder();

/** The text of a JSON string without its quotation marks; one that was cut is taken as far as it goes. */
function jsonText(body: string): string {
  const whole = body.replace(/\\(?:u[0-9a-fA-F]{0,3})?$/, '');
  try {
    return JSON.parse(`"${whole.replaceAll('\t', ' ')}"`) as string;
  } catch {
    // An escape that JSON does not know: the usual ones are undone, the others stay.
    return whole
      .replace(/\\n/g, '\n')
      .replace(/\\t/g, ' ')
      .replace(/\\(["\\/])/g, '$1');
  }
}

function fromJson(line: string): string[] | null {
  const found: string[] = [];
  for (const m of line.matchAll(messageKey)) {
    const at = m.index + m[0].length;
    const pattern = line[at] === '"' ? jsonString : jsonBytes;
    pattern.lastIndex = at;
    const body = pattern.exec(line)?.[1];
    if (body === undefined) continue;
    found.push(
      pattern === jsonString ? jsonText(body) : utf8.decode(Uint8Array.from(body.split(','), n => Number(n) & 255)),
    );
  }
  return found.length === 0 ? null : found.flatMap(t => t.split(/\r*\n|\r/)).filter(t => t.trim() !== '');
}

export interface Unwrapped {
  lines: string[];
  /** Whether each line is a record of its own, so that none can be the rest of a wrapped one. */
  whole: boolean;
}

/** The lines of the log that a physical line holds; null when nothing is wrapped around it, which is the usual case. */
export function unwrap(line: string): Unwrapped | null {
  if (line.includes('":') || line.includes('" :')) {
    const lines = fromJson(line);
    // An object inside prose is quoted, not logged.
    if (lines !== null) return { lines, whole: lines.length === 1 && /^[\s,[]*[{"]/.test(line) };
  }
  const html = line.includes('<') && anyTag.test(line);
  anyTag.lastIndex = 0;
  if (html) return { lines: line.split(lineTag).map(t => t.replace(anyTag, '')), whole: false };
  if (line.includes('\\') && escapedEnd.test(line))
    return { lines: [unquote(line.replace(escapedEnd, ''))], whole: false };
  return null;
}

/** A text without the quotation marks or backquotes around it. */
export function unquote(text: string): string {
  const m = quoted.exec(text);
  const [mark, body] = [m?.[1], m?.[2]];
  if (mark === undefined || body === undefined) return text;
  return body.includes(mark) ? text : body;
}
