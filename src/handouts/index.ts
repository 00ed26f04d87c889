/** What an instructor hands out: a notebook as a page or as slides, a worksheet. Pure: notebooks in, HTML out. */
export { codeBlock } from './code.js';
export { anchorOf, type Glossary, readGlossary } from './glossary.js';
export { marksOf } from './lesson-cells.js';
export { type Links, renderMarkdown } from './markdown.js';
export { renderOutput, type StoredOutput } from './output.js';
export { cellsOf, type Handout, handoutPage, type Solutions, titleOf } from './page.js';
export { escapeHtml, plain } from './plain.js';
export { notesPage, slidesPage } from './slides.js';
export { worksheet } from './worksheet.js';
