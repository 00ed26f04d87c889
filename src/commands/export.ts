/** `put-page export [NOTEBOOK…]`: a notebook as a page that needs nothing, as a PDF, or as slides; and a worksheet with its bets. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { makeFolder, packageRoot } from '../app/paths.js';
import type { Lesson } from '../desk/lesson.js';
import {
  type Handout,
  handoutPage,
  notesPage,
  readGlossary,
  type Solutions,
  slidesPage,
  worksheet,
} from '../handouts/index.js';
import { NotebookFormatError } from '../jupyter/notebook/document.js';
import { parseNotebook } from '../jupyter/notebook/validate.js';
import { lessons } from '../stories/index.js';
import { BEATS, revealedIn } from '../workshop/index.js';
import { one } from './arguments.js';
import { findChromium, printPdf } from './chromium.js';
import { BadInput, type Given } from './spec.js';

/** The exit code where a PDF was asked for and nothing can print one. */
const NO_CHROMIUM = 4;

interface Source {
  readonly name: string;
  readonly file: string;
  readonly lesson: Lesson | undefined;
}

/** Runs the command; returns the exit code. Errors: BadInput. */
export async function main(given: Given): Promise<number> {
  const format = one(given, '--format') ?? 'html';
  const sources = sourcesOf(given.words);
  const out = path.resolve(one(given, '--out') ?? 'handouts');
  const chromium = format === 'pdf' ? findChromium() : undefined;
  const paper = format === 'pdf' && chromium !== undefined;
  const solutions = (one(given, '--solutions') ?? 'none') as Solutions;
  const pages = sources.flatMap(source => pagesOf(source, solutions, paper, format === 'slides'));
  makeOut(out);
  for (const [name, html] of pages)
    if (chromium === undefined) write(path.join(out, `${name}.html`), html);
    else print(chromium, html, path.join(out, `${name}.pdf`));
  if (format !== 'pdf' || chromium !== undefined) return 0;
  process.stderr.write(
    'put-page export: no Chromium, Chrome or Edge was found, so there is no PDF. The pages above print well from any browser (Ctrl-P); or set CHROMIUM to the program.\n',
  );
  return NO_CHROMIUM;
}

/** The page of a notebook, and its worksheet where it has bets; or its slides, and the notes of whoever shows them. */
function pagesOf(
  source: Source,
  solutions: Solutions,
  paper: boolean,
  slides: boolean,
): readonly (readonly [string, string])[] {
  const notebook = parse(source.file);
  const glossary = readGlossary(readFileSync(path.join(packageRoot(), 'docs', 'glossary.md'), 'utf8'));
  const { name, lesson } = source;
  const handout: Handout = { name, notebook, lesson, glossary, solutions, paper, answers: revealedIn(notebook) };
  if (slides) {
    const beat = BEATS.find(one => one.notebook === name);
    return [
      [`${name}-slides`, slidesPage(handout)],
      [`${name}-notes`, notesPage(handout, beat)],
    ];
  }
  const page = [name, handoutPage(handout)] as const;
  return lesson === undefined || lesson.predictions.length === 0
    ? [page]
    : [page, [`${name}-worksheet`, worksheet(lesson, notebook)]];
}

function parse(file: string): ReturnType<typeof parseNotebook> {
  try {
    return parseNotebook(readFileSync(file, 'utf8'), file);
  } catch (error) {
    throw error instanceof NotebookFormatError ? new BadInput(error.message) : error;
  }
}

/** Errors: BadInput for what is neither a notebook of the kit nor a file. */
function sourcesOf(words: readonly string[]): readonly Source[] {
  const folder = path.join(packageRoot(), 'notebooks');
  const names = readdirSync(folder).flatMap(file => (file.endsWith('.ipynb') ? [file.slice(0, -6)] : []));
  const lessonOf = (name: string) => lessons.find(lesson => lesson.notebook === name);
  const own = (name: string): Source => ({ name, file: path.join(folder, `${name}.ipynb`), lesson: lessonOf(name) });
  if (words.length === 0) return names.sort().map(own);
  return words.map(word => {
    const name = names.find(n => n === word || n.startsWith(`${word}-`));
    if (name !== undefined) return own(name);
    if (!word.endsWith('.ipynb'))
      throw new BadInput(
        `no notebook is called '${word}'; expected a number, a name or an .ipynb file: ${names.sort().join(', ')}`,
      );
    if (!existsSync(word)) throw new BadInput(`there is no file '${word}'`);
    const stem = path.basename(word, '.ipynb');
    return { name: stem, file: path.resolve(word), lesson: lessonOf(stem) };
  });
}

function makeOut(out: string): void {
  try {
    makeFolder(out);
  } catch (error) {
    throw new BadInput(`--out ${out} is not a writable folder (${(error as NodeJS.ErrnoException).code})`);
  }
}

function write(file: string, text: string | Uint8Array): void {
  try {
    writeFileSync(file, text);
  } catch (error) {
    throw new BadInput(`${file} cannot be written (${(error as NodeJS.ErrnoException).code}): try --out DIR`);
  }
  process.stdout.write(`${file}\n`);
}

function print(chromium: string, html: string, file: string): void {
  const dir = mkdtempSync(path.join(os.tmpdir(), 'put-page-export-'));
  try {
    const [from, to] = [path.join(dir, 'page.html'), path.join(dir, 'page.pdf')];
    writeFileSync(from, html);
    printPdf(chromium, from, to);
    write(file, readFileSync(to));
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}
