/** The HTML that the scripts start from, and the one page that needs none. What comes from outside is escaped. */

const ICON = `data:image/svg+xml,${encodeURIComponent(
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><rect width="16" height="16" rx="3" fill="#0072b2"/>' +
    '<path d="M5.5 13V4h3a2.8 2.8 0 0 1 0 5.6h-3" fill="none" stroke="#fff" stroke-width="2"/></svg>',
)}`;

/** @param script whether the page has the entry's script, beside its styles */
function document(key: string, entry: string, body: string, script = true): string {
  const code = `\n<script type="module" src="/assets/${key}/${entry}.js"></script>`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>put-page</title>
<link rel="icon" href="${ICON}">
<link rel="stylesheet" href="/assets/${key}/${entry}.css">${script ? code : ''}
</head>
<body>
${body}${script ? '\n<noscript>put-page needs JavaScript to show its notebooks.</noscript>' : ''}
</body>
</html>
`;
}

/** @param copies the folder of the working copies, as a reader finds it; `clone`: whether there is a src/ to edit */
export function homeHtml(key: string, { copies, clone }: { readonly copies: string; readonly clone: boolean }): string {
  return document(
    key,
    'home',
    `<div class="page">
<header>
<h1>put_page()</h1>
<p class="lead">Five mailing-list threads about Linux page references, each with a model that runs, and one question:
who owes the put? Every notebook is live: run it, step through it, change a step and see what breaks.</p>
</header>
<main>
<ol id="notebooks"></ol>
<section id="own" aria-labelledby="own-title">
<div class="section-head"><h2 id="own-title">Your notebooks</h2><div id="own-actions"></div></div>
<ol id="own-notebooks"></ol>
</section>
</main>
<footer>
<p>You work on copies in <code>${escaped(copies)}</code>; the originals stay as they are.${
      clone ? '\nSaving a file in <code>src/</code> rebuilds the library.' : ''
    }</p>
</footer>
</div>`,
  );
}

export function notebookHtml(key: string): string {
  return document(key, 'notebook', '');
}

export interface Trouble {
  readonly title: string;
  /** What is wrong and what to do, as plain text. */
  readonly sentence: string;
  /** The notebook whose broken copy can give way to its original. */
  readonly back?: string | undefined;
}

/**
 * A page in place of a notebook that cannot be shown. It works without scripts, so nothing of the notebook can stop
 * it.
 */
export function troubleHtml(key: string, { title, sentence, back }: Trouble): string {
  const form =
    back === undefined
      ? ''
      : `<form class="way-back" method="post" action="/notebook/${encodeURIComponent(back)}/original">
<button type="submit" class="pp-button pp-primary">Back to original</button>
</form>
`;
  const body = `<div class="page">
<main class="trouble" role="alert">
<h1>${escaped(title)}</h1>
<p>${escaped(sentence)}</p>
${form}<p><a href="/">All notebooks</a></p>
</main>
</div>`;
  return document(key, 'home', body, false);
}

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, character => ESCAPES[character] ?? '');
}
