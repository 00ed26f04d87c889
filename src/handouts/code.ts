/** TypeScript with its comments, strings and keywords marked. It colours, and never judges. */
import { escapeHtml } from './plain.js';

const KEYWORDS =
  'as async await break case catch class const continue default do else export extends false finally for from function if import in instanceof interface let new null of return switch this throw true try type typeof undefined var void while yield';

const PARTS = new RegExp(
  [
    String.raw`(?<c>\/\/[^\n]*|\/\*[\s\S]*?\*\/)`,
    String.raw`(?<s>'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|\x60(?:[^\x60\\]|\\.)*\x60)`,
    String.raw`(?<k>\b(?:${KEYWORDS.replaceAll(' ', '|')})\b)`,
  ].join('|'),
  'g',
);

export interface Marked {
  readonly from: number;
  readonly to: number;
  /** `c` a comment, `s` a string, `k` a keyword. */
  readonly kind: string;
}

export const markedParts = (source: string): readonly Marked[] =>
  [...source.matchAll(PARTS)].map(match => ({
    from: match.index,
    to: match.index + match[0].length,
    kind: Object.entries(match.groups ?? {}).find(([, text]) => text !== undefined)?.[0] ?? '',
  }));

export function codeBlock(source: string): string {
  let at = 0;
  let out = '';
  for (const { from, to, kind } of markedParts(source)) {
    out += `${escapeHtml(source.slice(at, from))}<span class="${kind}">${escapeHtml(source.slice(from, to))}</span>`;
    at = to;
  }
  // What is wider than the screen is scrolled, also with the keyboard.
  return `<pre class="code" tabindex="0"><code>${out}${escapeHtml(source.slice(at))}</code></pre>`;
}
