/** The decoder as one file: its script and its style are in it, and it may connect to nothing. It also works saved to a disk. */
import { createHash } from 'node:crypto';
import { escapeHtml } from '../handouts/index.js';
import { navigation, type SitePage } from './frame.js';

const hash = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

const MAIN = `<main id="main" class="decode">
<h1>Decode a “Bad page” report</h1>
<p class="lead">Paste a kernel log. You get the words of <code>put-page decode</code>: what happened, how sure that is, and what to do next. The log stays in this page, whose policy forbids every connection; saved to a disk, it works without the site.</p>
<noscript><p><b>This page needs its script.</b> In a shell, <code>npx put-page decode dmesg.txt</code> says the same.</p></noscript>
<div class="paste">
<label for="log">Kernel log</label>
<textarea id="log" rows="12" spellcheck="false" autocomplete="off" placeholder="BUG: Bad page state in process …"></textarea>
<p class="ways"><button type="button" id="sample">Take an example</button><label class="file">or a file <input type="file" id="file"></label><label>Release <input id="release" size="9" placeholder="6.9.12" autocomplete="off" title="For logs that do not name their kernel"></label><label><input type="checkbox" id="json"> as JSON</label></p>
</div>
<p id="said" role="status"></p>
<button type="button" id="copy" hidden>Copy</button>
<pre id="result" tabindex="0" aria-label="What the log says" hidden></pre>
</main>`;

/** @param sample a log to try it with */
export function decodePage(script: string, style: string, sample: string): SitePage {
  // Nothing in the script may end its element.
  const code = script.replaceAll('</script', '<\\/script');
  const policy = `default-src 'none'; script-src ${hash(code)}; style-src ${hash(style)}; connect-src 'none'; img-src data:; base-uri 'none'; form-action 'none'`;
  const html = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="description" content="Explains a “Bad page state” report of the Linux kernel. Nothing leaves your machine.">
<title>Decode a “Bad page” report – put-page</title>
<link rel="icon" href="data:,">
<style>${style}</style>
</head>
<body>
<a class="skip" href="#main">Skip to the text</a>
<header class="top"><a class="brand" href="index.html">put-page</a>${navigation('decode.html')}</header>
${MAIN}
<pre id="sample-log" hidden>${escapeHtml(sample)}</pre>
<script type="module">${code}</script>
</body>
</html>
`;
  return { file: 'decode.html', html };
}
