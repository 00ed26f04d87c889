/** The HTML that the scripts start from. Nothing of a request gets into it. */

const ICON = `data:image/svg+xml,${encodeURIComponent(
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><rect width="16" height="16" rx="3" fill="#0072b2"/>' +
    '<path d="M5.5 13V4h3a2.8 2.8 0 0 1 0 5.6h-3" fill="none" stroke="#fff" stroke-width="2"/></svg>',
)}`;

function document(key: string, entry: string, body: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>put-page</title>
<link rel="icon" href="${ICON}">
<link rel="stylesheet" href="/assets/${key}/${entry}.css">
<script type="module" src="/assets/${key}/${entry}.js"></script>
</head>
<body>
${body}
<noscript>put-page needs JavaScript to show its notebooks.</noscript>
</body>
</html>
`;
}

export function homeHtml(key: string): string {
  return document(
    key,
    'home',
    `<div class="page">
<header>
<h1>put_page()</h1>
<p class="lead">Five mailing-list threads about Linux page references, each with a model that runs, and one question:
who owes the put? Every notebook is live: run it, step through it, change a step and see what breaks.</p>
</header>
<main><ol id="notebooks"></ol></main>
<footer>
<p>You work on copies in <code>.put-page/notebooks/</code>; the originals stay as they are.
Saving a file in <code>src/</code> rebuilds the library.</p>
</footer>
</div>`,
  );
}

export function notebookHtml(key: string): string {
  return document(key, 'notebook', '');
}
