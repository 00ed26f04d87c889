/** The frame of every page of the site: its policy, its links, its search. A page is whole without any script. */
import { escapeHtml } from '../handouts/index.js';

/** A page as it is written: every address in it is relative, so that the site works from any folder of any host. */
export interface SitePage {
  /** Its file name; all pages lie in one folder. */
  readonly file: string;
  readonly html: string;
}

export interface Content {
  readonly file: string;
  readonly title: string;
  /** One sentence, for whoever shows a link to it. */
  readonly description: string;
  readonly body: string;
  /** Which entry of the navigation is this page, if any. */
  readonly current?: string;
  /** Scripts of this page beside the search, by file name below assets/. */
  readonly scripts?: readonly string[];
  /** It can be made live: plotly and the editor write style sheets of their own into the page. */
  readonly live?: boolean;
}

const NAVIGATION = [
  ['index.html', 'Notebooks'],
  ['explore.html', 'Explore'],
  ['decode.html', 'Decode'],
  ['glossary.html', 'Glossary'],
] as const;

/** Everything comes from the site itself, and nothing goes anywhere else. */
const policy = (styles: string): string =>
  `default-src 'none'; script-src 'self'; style-src ${styles}; img-src 'self' data:; connect-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'none'`;

export function navigation(current: string | undefined): string {
  const links = NAVIGATION.map(
    ([file, name]) => `<a href="${file}"${file === current ? ' aria-current="page"' : ''}>${name}</a>`,
  );
  return `<nav aria-label="Site">${links.join('')}</nav>`;
}

/** Hidden until its script is there. */
const SEARCH = `<div class="search" role="search" hidden>
<input type="search" placeholder="Search" aria-label="Search notebooks and glossary" autocomplete="off" spellcheck="false" role="combobox" aria-expanded="false" aria-controls="found" aria-autocomplete="list">
<ul id="found" role="listbox" aria-label="Found" hidden></ul>
</div>`;

export function frame({ file, title, description, body, current, scripts = [], live = false }: Content): SitePage {
  const loaded = ['search.js', ...scripts].map(name => `<script type="module" src="assets/${name}"></script>`);
  const html = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy(live ? "'self' 'unsafe-inline'" : "'self'")}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="description" content="${escapeHtml(description)}">
<title>${escapeHtml(title)}</title>
<link rel="icon" href="assets/icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="assets/site.css">
${loaded.join('\n')}
</head>
<body>
<a class="skip" href="#main">Skip to the text</a>
<header class="top"><a class="brand" href="index.html">put-page</a>${navigation(current)}${SEARCH}</header>
${body}
</body>
</html>
`;
  return { file, html };
}
