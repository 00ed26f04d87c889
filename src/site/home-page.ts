/** The first page: what this is, and where to begin. */
import { escapeHtml } from '../handouts/index.js';
import { frame, type SitePage } from './frame.js';
import { claimOf, fileOf, numberOf, type Reading, symptomOf } from './reading-page.js';

function card(reading: Reading, explore: string | undefined): string {
  const { name, lesson } = reading;
  const own = explore === undefined ? '' : `<a class="walk" href="${explore}">walk through the model</a>`;
  return `<li><span class="number" aria-hidden="true">${numberOf(name)}</span><div><h2><a href="${fileOf(name)}">${escapeHtml(claimOf(reading))}</a></h2>
<p>${escapeHtml(symptomOf(reading))}</p><p class="marks"><span>${lesson.minutes} minutes</span>${own}</p></div></li>`;
}

export function homePage(readings: readonly Reading[], exploreOf: (reading: Reading) => string | undefined): SitePage {
  const body = `<main id="main" class="home">
<h1>Who owes the <code>put_page()</code>?</h1>
<p class="lead">Five Linux mm and KVM threads as notebooks: an executable model, a search that tries every interleaving of it, plots and exercises. For kernel engineers. Everything here runs in your browser; nothing is installed, and nothing you type leaves your machine.</p>
<ol class="cards">
${readings.map(reading => card(reading, exploreOf(reading))).join('\n')}
</ol>
<section class="tools">
<div><h2><a href="explore.html">Explore</a></h2><p>A model as a debugger of interleavings: you choose which process steps next, and see who holds what. The machine finds the shortest way into the bug.</p></div>
<div><h2><a href="decode.html">Decode</a></h2><p>Paste a “Bad page state” report. The page says what happened, what is certain about it, and what to do next.</p></div>
<div><h2><a href="glossary.html">Glossary</a></h2><p>What the notebooks mean by a word, with its source.</p></div>
</section>
</main>`;
  return frame({
    file: 'index.html',
    title: 'put-page: who owes the put_page()?',
    description: 'Five Linux mm and KVM threads as notebooks that run in a browser.',
    body,
    current: 'index.html',
  });
}
