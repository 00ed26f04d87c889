/** The words, each with an address of its own. */
import { escapeHtml, type Glossary, renderMarkdown } from '../handouts/index.js';
import { frame, type SitePage } from './frame.js';
import { linksOnSite } from './reading-page.js';

export function glossaryPage(glossary: Glossary): SitePage {
  const links = linksOnSite(glossary);
  const entries = [...glossary].map(
    ([anchor, { term, entry }]) =>
      `<dt id="${escapeHtml(anchor)}">${escapeHtml(term)} <a class="here" href="#${escapeHtml(anchor)}" aria-label="Link to this word">#</a></dt>\n<dd>${renderMarkdown(entry, links)}</dd>`,
  );
  const body = `<main id="main" class="words">
<h1>Glossary</h1>
<p>What the notebooks mean by a word. <i>Ours</i> marks a word of this kit; the others come from the kernel.</p>
<dl>
${entries.join('\n')}
</dl>
</main>`;
  return frame({
    file: 'glossary.html',
    title: 'Glossary – put-page',
    description: 'What the notebooks of put-page mean by a word, with sources.',
    body,
    current: 'glossary.html',
  });
}
