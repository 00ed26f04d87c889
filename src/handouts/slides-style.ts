/** How slides and the speaker's notes look. No script: the browser's own keys turn a sheet. */
export const SLIDES_STYLE = `
html { scroll-snap-type: y mandatory; }
body { margin: 0; background: #fff; color: #1b1b1b; font: 1.5rem/1.4 system-ui, "Segoe UI", "Noto Sans", sans-serif; }
section { position: relative; box-sizing: border-box; height: 100vh; overflow: hidden; padding: 4vh 5vw 7vh; scroll-snap-align: start;
  display: flex; flex-direction: column; justify-content: center; }
h1 { font-size: 2.6rem; line-height: 1.15; } h2 { font-size: 2.2rem; line-height: 1.2; margin: 0 0 .6em; }
p, ul { max-width: 46rem; margin: .4em 0; } .where { font-size: 1.05rem; color: #5a6270; flex: none; }
.question { font-size: 2rem; max-width: 56rem; } .boxes { font-family: ui-monospace, Menlo, Consolas, "DejaVu Sans Mono", monospace; white-space: pre-wrap; max-width: none; }
figure { margin: 0; flex: 0 1 auto; min-height: 0; display: flex; justify-content: center; }
figure img { max-width: 100%; max-height: 78vh; width: 100%; height: auto; object-fit: contain; }
code, pre { font-family: ui-monospace, Menlo, Consolas, "DejaVu Sans Mono", monospace; font-size: .82em; }
pre { background: #f6f7f8; padding: .6em .8em; white-space: pre-wrap; } table { font-size: 1.05rem; border-collapse: collapse; }
th, td { text-align: left; padding: .2em 1em .2em 0; border-bottom: 1px solid #d4d4d4; } a { color: #00558f; }
.number { position: absolute; right: 2vw; bottom: 1vh; font-size: .8rem; color: #5a6270; }
@media (max-width: 640px) { body { font-size: 1rem; } h1 { font-size: 1.5rem; } h2, .question { font-size: 1.25rem; } }
@page { size: 297mm 167mm; margin: 0; }
@media print { section { height: 167mm; break-after: page; break-inside: avoid; } section:last-child { break-after: auto; } figure img { max-height: 125mm; } }
`;

export const NOTES_STYLE = `
body { margin: 0 auto; max-width: 46rem; padding: 1.2rem; color: #1b1b1b; font: 16px/1.45 system-ui, "Segoe UI", "Noto Sans", sans-serif; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.1rem; border-top: 1px solid #9aa4ae; padding-top: .6rem; margin-top: 1.4rem; }
pre { background: #f6f7f8; padding: .5rem .7rem; white-space: pre-wrap; overflow-wrap: anywhere; font-size: .8rem; } code { font-size: .88em; overflow-wrap: anywhere; }
table { border-collapse: collapse; font-size: .85rem; } th, td { text-align: left; padding: .15rem .7rem .15rem 0; border-bottom: 1px solid #e0e0e0; }
.wide { overflow-x: auto; }
@page { size: A4; margin: 16mm; }
@media print { body { padding: 0; max-width: none; font-size: 9.5pt; } section, pre, li { break-inside: avoid; } h2 { break-after: avoid; } }
`;
