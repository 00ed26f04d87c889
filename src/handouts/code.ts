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

export function codeBlock(source: string): string {
  let at = 0;
  let out = '';
  for (const match of source.matchAll(PARTS)) {
    const kind = Object.entries(match.groups ?? {}).find(([, text]) => text !== undefined)?.[0];
    out += `${escapeHtml(source.slice(at, match.index))}<span class="${kind}">${escapeHtml(match[0])}</span>`;
    at = match.index + match[0].length;
  }
  // What is wider than the screen is scrolled, also with the keyboard.
  return `<pre class="code" tabindex="0"><code>${out}${escapeHtml(source.slice(at))}</code></pre>`;
}
