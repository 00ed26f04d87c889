/**
 * A notebook as slides, and what the speaker needs beside them. A slide is a heading with its first paragraph, a bet, or the pictures of a
 * cell; the rest is the speaker's. The tag `slide` makes a slide of any other cell, with its code; `no-slide` takes one out.
 */
import type { Prediction } from '../desk/lesson.js';
import { joinLines, type NotebookCell } from '../jupyter/notebook/nbformat.js';
import type { Beat } from '../workshop/index.js';
import { codeBlock } from './code.js';
import { htmlDocument } from './document.js';
import { boxes, marksOf } from './lesson-cells.js';
import { type Links, renderMarkdown } from './markdown.js';
import { formOf, picture, renderOutput } from './output.js';
import { answerOf, type Handout, linksOf, titleOf } from './page.js';
import { escapeHtml } from './plain.js';
import { NOTES_STYLE, SLIDES_STYLE } from './slides-style.js';

interface Slide {
  readonly name: string;
  readonly shown: string;
  /** For the speaker, as HTML. */
  readonly notes: string[];
}

/** The heading where the part for the room ends. */
const READ_ON = /^## Read on\b/m;

const tagsOf = (cell: NotebookCell): readonly unknown[] =>
  Array.isArray(cell.metadata.tags) ? cell.metadata.tags : [];

function slidesOf(handout: Handout, links: Links): readonly Slide[] {
  const slides: Slide[] = [];
  let heading = titleOf(handout);
  for (const cell of handout.notebook.cells) {
    const source = joinLines(cell.source);
    if (READ_ON.test(source) && !tagsOf(cell).includes('slide')) break;
    const found = /^##? (.+)$/m.exec(source)?.[1];
    if (cell.cell_type === 'markdown' && found !== undefined) heading = found;
    const made = tagsOf(cell).includes('no-slide') ? [] : slidesOfCell(cell, source, heading, handout, links);
    slides.push(...made);
    const notes = slides.at(-1)?.notes;
    if (notes !== undefined) notes.push(...notesOf(cell, source, made.length > 0, handout, links));
  }
  return slides;
}

function slidesOfCell(
  cell: NotebookCell,
  source: string,
  heading: string,
  { lesson }: Handout,
  links: Links,
): readonly Slide[] {
  const small = `<p class="where">${renderMarkdown(heading, links).replaceAll(/<\/?p>/g, '')}</p>`;
  if (cell.cell_type === 'markdown') {
    if (!/^##? /.test(source) && !tagsOf(cell).includes('slide')) return [];
    return [{ name: heading, shown: renderMarkdown(source.split(/\n\n/).slice(0, 2).join('\n\n'), links), notes: [] }];
  }
  const bets = marksOf(source, lesson).bets.map(
    (bet): Slide => ({
      name: bet.question,
      shown: `${small}<p class="question">${escapeHtml(bet.question)}</p><p class="boxes">${escapeHtml(boxes(bet))}</p>`,
      notes: [],
    }),
  );
  const figures = (cell.outputs ?? []).flatMap((output): Slide[] => {
    const svg = formOf(output, 'image/svg+xml');
    const text = formOf(output, 'text/plain') ?? '';
    return svg === undefined ? [] : [{ name: heading, shown: small + picture(svg, text), notes: [escapeHtml(text)] }];
  });
  if (bets.length + figures.length > 0 || !tagsOf(cell).includes('slide')) return [...bets, ...figures];
  const outputs = (cell.outputs ?? []).map(output => renderOutput(output, links)).join('');
  return [{ name: heading, shown: small + codeBlock(source) + outputs, notes: [] }];
}

/** What the cell holds beside its slide, and what the room may have betted. */
function notesOf(
  cell: NotebookCell,
  source: string,
  shown: boolean,
  handout: Handout,
  links: Links,
): readonly string[] {
  if (cell.cell_type === 'markdown') {
    const rest = shown ? source.split(/\n\n/).slice(2).join('\n\n') : source;
    return rest === '' ? [] : [renderMarkdown(rest, links)];
  }
  const { bets, revealed, exercises } = marksOf(source, handout.lesson);
  return [
    ...(bets.length > 0 ? [] : [codeBlock(source)]),
    ...bets.map(repliesTo),
    ...revealed.map(
      bet =>
        `<p>The model says <b>${escapeHtml(answerOf(bet, handout) ?? 'nothing')}</b>. ${escapeHtml(bet.lesson ?? '')}</p>`,
    ),
    ...exercises.map(e => `<p><b>Exercise:</b> ${escapeHtml(e.title)}, ${e.minutes} minutes</p>`),
  ];
}

function repliesTo({ replies }: Prediction): string {
  const rows = Object.entries(replies ?? {}).map(
    ([bet, says]) => `<li><b>${escapeHtml(bet)}</b>: ${escapeHtml(says)}</li>`,
  );
  return rows.length === 0 ? '' : `<p>Wrong bets, and what to say:</p><ul>${rows.join('')}</ul>`;
}

/** For the projector. Page Down, Space or the arrows go on; printed, a slide is a sheet. */
export function slidesPage(handout: Handout): string {
  const links = { ...linksOf(handout), glossary: new Map() };
  const slides = slidesOf(handout, links);
  const body = slides.map(
    ({ shown }, i) =>
      `<section id="slide-${i + 1}">${shown}<p class="number">${i + 1} / ${slides.length}</p></section>`,
  );
  return htmlDocument(titleOf(handout), SLIDES_STYLE, body.join('\n'));
}

/** For the speaker: the same numbers, with what to say, ask and leave out. */
export function notesPage(handout: Handout, beat: Beat | undefined): string {
  const slides = slidesOf(handout, { ...linksOf(handout), glossary: new Map() });
  const body = slides.map(
    ({ name, notes }, i) =>
      `<section><h2>${i + 1}. ${escapeHtml(name.replaceAll('`', ''))}</h2>${notes.join('\n')}</section>`,
  );
  return htmlDocument(`Notes: ${titleOf(handout)}`, NOTES_STYLE, [head(handout, beat), ...body].join('\n'));
}

function head(handout: Handout, beat: Beat | undefined): string {
  const title = `<h1>Notes: ${escapeHtml(titleOf(handout))}</h1>`;
  if (beat === undefined) return title;
  const asked = beat.ask.map(question => `<li>${escapeHtml(question)}</li>`).join('');
  return `${title}<p><b>Say.</b> ${escapeHtml(beat.say)}</p><p><b>On the projector:</b> ${escapeHtml(beat.show)}.</p>
<p><b>Ask</b></p><ul>${asked}</ul><p><b>If you run late, skip</b> ${escapeHtml(beat.cut)}.</p>
<p><b>Somebody should say at the end:</b> ${escapeHtml(beat.end)}</p>`;
}
