/** What an instructor hands out: a notebook as a page or as slides, a worksheet. Pure: notebooks in, HTML out. */
export { type Glossary, readGlossary } from './glossary.js';
export { type Handout, handoutPage, type Solutions, titleOf } from './page.js';
export { notesPage, slidesPage } from './slides.js';
export { worksheet } from './worksheet.js';
