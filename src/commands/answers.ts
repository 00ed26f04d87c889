/** `put-page answers [NN …]`: the answer key, for instructors. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { packageRoot } from '../app/paths.js';
import type { Lesson } from '../desk/lesson.js';
import { parseNotebook } from '../jupyter/notebook/validate.js';
import { lessons } from '../stories/index.js';
import { answerKey, type Revealed, revealedIn } from '../workshop/index.js';
import { BadInput, type Given } from './spec.js';

/** Runs the command; returns the exit code. Errors: BadInput. */
export async function main(given: Given): Promise<number> {
  const asked = given.words.length === 0 ? lessons : given.words.map(lessonOf);
  const head =
    '# Answer key\n\nWhat the model says is read from the committed notebooks; a solution is one of several.';
  process.stdout.write(`${[head, ...asked.map(lesson => answerKey(lesson, revealedBy(lesson)))].join('\n\n')}\n`);
  return 0;
}

function lessonOf(word: string): Lesson {
  const found = lessons.find(l => l.notebook === word || l.notebook.startsWith(`${word}-`));
  if (found !== undefined) return found;
  throw new BadInput(
    `no notebook is called '${word}'; expected one of ${lessons.map(l => l.notebook.slice(0, 2)).join(', ')}`,
  );
}

function revealedBy({ notebook }: Lesson): Revealed {
  const folder = path.join(packageRoot(), 'notebooks');
  const name = `${notebook}.ipynb`;
  if (!readdirSync(folder).includes(name)) throw new BadInput(`${name} is not in ${folder}: is this a whole kit?`);
  return revealedIn(parseNotebook(readFileSync(path.join(folder, name), 'utf8'), name));
}
