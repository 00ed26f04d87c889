/** Markdown to HTML that asks for nothing: no picture from elsewhere, no tag that could load or run something. */
import { Marked } from 'marked';
import { anchorOf, type Glossary, wordOf } from './glossary.js';
import { escapeHtml, plain } from './plain.js';

export interface Links {
  readonly glossary: Glossary;
  /** Anchors of the words that were linked, for the list at the end; filled while rendering. */
  readonly used: Set<string>;
  /** How another notebook is linked; undefined on paper, where only addresses of the web lead anywhere. */
  notebook(name: string): string | undefined;
  /** Where the entry of a word stands; below the same page unless told. */
  wordAt?(anchor: string): string;
  /** Anchors that are taken on this page. Where it is there, each heading gets an address of its own. */
  readonly anchors?: Set<string>;
}

/** The tags that notebooks use; without their attributes. All others are shown as they were typed. */
const HARMLESS = new Set(
  'b br code dd del details dl dt em hr i ins kbd li mark ol p pre s small strong sub summary sup table tbody td th thead tr u ul'.split(
    ' ',
  ),
);

function harmless(html: string): string {
  const kept = /<(\/?)([a-z]+)(?:\s[^<>]*)?\/?>/gi;
  let at = 0;
  let out = '';
  for (const match of html.replaceAll(/<!--[\s\S]*?-->/g, comment => ' '.repeat(comment.length)).matchAll(kept)) {
    const [whole, slash = '', name = ''] = match;
    out += escapeHtml(html.slice(at, match.index));
    out += HARMLESS.has(name.toLowerCase()) ? `<${slash}${name.toLowerCase()}>` : escapeHtml(whole);
    at = match.index + whole.length;
  }
  return out + escapeHtml(html.slice(at)).replaceAll('&amp;', '&');
}

function link(href: string, text: string, links: Links): string {
  const { glossary, used, notebook } = links;
  const word = wordOf(href, glossary);
  if (word !== undefined) {
    used.add(word[0]);
    const at = links.wordAt?.(word[0]) ?? `#word-${word[0]}`;
    return `<a class="word" href="${escapeHtml(at)}"><abbr title="${escapeHtml(word[1].says)}">${text}</abbr></a>`;
  }
  const other = /^(?:\.\/)?([\w.-]+)\.ipynb$/.exec(href)?.[1];
  const to = other === undefined ? (/^(https?:|#)/.test(href) ? href : undefined) : notebook(other);
  return to === undefined ? `<i>${text}</i>` : `<a href="${escapeHtml(to)}">${text}</a>`;
}

/** A heading that can be linked to. The second of the same words gets a number, as on GitHub. */
function heading(inner: string, text: string, depth: number, taken: Set<string>): string {
  const wanted = anchorOf(plain(text));
  let anchor = wanted;
  for (let n = 1; taken.has(anchor); n++) anchor = `${wanted}-${n}`;
  taken.add(anchor);
  return `<h${depth} id="${escapeHtml(anchor)}">${inner} <a class="here" href="#${escapeHtml(anchor)}" aria-label="Link to this heading">#</a></h${depth}>\n`;
}

export function renderMarkdown(markdown: string, links: Links): string {
  const marked = new Marked({
    gfm: true,
    renderer: {
      html: ({ text }) => harmless(text),
      link({ href, tokens }) {
        return link(href, this.parser.parseInline(tokens), links);
      },
      heading({ tokens, text, depth }) {
        const inner = this.parser.parseInline(tokens);
        return links.anchors === undefined
          ? `<h${depth}>${inner}</h${depth}>\n`
          : heading(inner, text, depth, links.anchors);
      },
      image: ({ href, text }) =>
        href.startsWith('data:image/') ? `<img src="${escapeHtml(href)}" alt="${escapeHtml(text)}">` : escapeHtml(text),
      // A wide table scrolls for itself.
      table(token) {
        const row = (cells: typeof token.header, tag: 'td' | 'th') =>
          `<tr>${cells.map(cell => `<${tag}>${this.parser.parseInline(cell.tokens)}</${tag}>`).join('')}</tr>`;
        const head = token.header.every(cell => cell.text === '') ? '' : `<thead>${row(token.header, 'th')}</thead>`;
        return `<div class="wide" tabindex="0"><table>${head}<tbody>${token.rows.map(cells => row(cells, 'td')).join('')}</tbody></table></div>`;
      },
    },
  });
  return marked.parse(markdown, { async: false });
}
