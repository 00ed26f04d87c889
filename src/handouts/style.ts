/** How a handout looks on a screen, on a telephone and on A4. Fonts are the reader's own: nothing is fetched. */
export const STYLE = `
:root { color-scheme: light; }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 1.5rem 1.25rem 4rem; max-width: 54rem; background: #fff; color: #1b1b1b;
  font: 16px/1.55 system-ui, -apple-system, "Segoe UI", "Noto Sans", sans-serif; }
h1 { font-size: 1.75rem; line-height: 1.2; margin: 0 0 1rem; }
h2 { font-size: 1.3rem; line-height: 1.3; margin: 2.4rem 0 .6rem; padding-top: .9rem; border-top: 1px solid #d4d4d4; }
h3 { font-size: 1.08rem; margin: 1.6rem 0 .4rem; }
p, ul, ol { margin: .6rem 0; max-width: 46rem; }
a { color: #00558f; }
abbr { text-decoration: underline dotted; text-underline-offset: 3px; }
a.word { color: inherit; text-decoration: none; }
code, pre { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace; font-size: .86em; }
code { background: #f0f1f3; border-radius: 3px; padding: .05em .3em; overflow-wrap: anywhere; }
pre { margin: .7rem 0; padding: .6rem .8rem; overflow-x: auto; line-height: 1.45; font-size: .82rem; border-radius: 4px; background: #f6f7f8; }
pre code { background: none; padding: 0; font-size: inherit; overflow-wrap: normal; }
pre.code { border-left: 3px solid #9aa4ae; }
pre.text { background: none; border: 1px solid #e0e0e0; }
pre.stderr { border-left: 3px solid #b04a00; }
.c { color: #5a6270; font-style: italic; } .s { color: #7a3e00; } .k { color: #00558f; font-weight: 600; }
.wide { overflow-x: auto; margin: .7rem 0; }
table { border-collapse: collapse; font-size: .88rem; line-height: 1.4; }
th, td { text-align: left; vertical-align: top; padding: .3rem .7rem .3rem 0; border-bottom: 1px solid #e0e0e0; }
figure { margin: .9rem 0; overflow-x: auto; }
figure img { display: block; max-width: 100%; height: auto; }
.bet, .exercise, .answer { margin: .9rem 0; padding: .6rem .9rem; border: 1px solid #9aa4ae; border-left-width: 5px; border-radius: 4px; }
.bet { border-left-color: #b07400; } .exercise { border-left-color: #00609a; } .answer { border-left-color: #00765a; }
.bet p, .exercise p, .answer p { margin: .25rem 0; }
.boxes { font-family: ui-monospace, Menlo, Consolas, "DejaVu Sans Mono", monospace; font-size: .9rem; white-space: pre-wrap; }
.made { margin-top: 3rem; color: #5a6270; font-size: .85rem; }
details > summary { cursor: pointer; color: #00558f; }
dl.words dt { font-weight: 600; margin-top: .7rem; } dl.words dd { margin: 0 0 0 1.2rem; } dl.words dd p { margin: .1rem 0; }
@media (max-width: 640px) {
  body { padding: 1rem .8rem 3rem; }
  h1 { font-size: 1.45rem; }
  figure img { max-width: none; min-width: 40rem; }
  figure::before { content: 'wider than this screen: push it sideways'; display: block; color: #5a6270; font-size: .75rem; }
}
@page { size: A4; margin: 17mm 16mm 18mm; @bottom-center { content: counter(page) ' / ' counter(pages); font: 8pt sans-serif; color: #5a6270; } }
@media print {
  body { padding: 0; max-width: none; font-size: 10pt; line-height: 1.42; }
  h1 { font-size: 18pt; } h2 { font-size: 13pt; margin-top: 16pt; } h3 { font-size: 11pt; }
  p, ul, ol { max-width: none; orphans: 3; widows: 3; }
  h1, h2, h3, .leads { break-after: avoid; }
  figure, pre, .bet, .exercise, .answer, tr, li, dt { break-inside: avoid; }
  dt { break-after: avoid; }
  pre { white-space: pre-wrap; overflow-wrap: anywhere; overflow: visible; font-size: 8.3pt; }
  pre.long { break-inside: auto; }
  figure, .wide { overflow: visible; }
  figure img { max-width: 100%; max-height: 235mm; width: auto; min-width: 0; margin: 0 auto; }
  figure::before { content: none !important; }
  table { font-size: 8.3pt; } td { overflow-wrap: anywhere; } thead { display: table-header-group; }
  .sheet { break-before: page; }
  details:not(.folded) { display: none; }
  details.folded > summary { display: none; }
  details::details-content { content-visibility: visible; height: auto; }
  a { color: inherit; }
}
`;
