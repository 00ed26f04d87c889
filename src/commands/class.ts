/** `put-page class DIR [--svg FILE] [--json]`: the exported progress of a room, merged into one table and one figure. */
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { packageRoot } from '../app/paths.js';
import type { Done } from '../desk/progress.js';
import { tableAsMarkdown } from '../jupyter/display.js';
import { parseNotebook } from '../jupyter/notebook/validate.js';
import { lessons } from '../stories/index.js';
import { classResult, type Handed, type Revealed, readExport, revealedIn } from '../workshop/index.js';
import { has, one } from './arguments.js';
import { BadInput, type Given } from './spec.js';

/** A progress file has some kilobytes; what is far larger is something else. */
const MOST_BYTES = 2 ** 20;

/** Runs the command; returns the exit code: 1 if a file was left out, or none is there. Errors: BadInput. */
export async function main(given: Given): Promise<number> {
  const [dir = ''] = given.words;
  const handed = filesIn(dir).map(name => [name, read(path.join(dir, name))] as const);
  const all: Done[] = [];
  let left = 0;
  for (const [name, one] of handed) {
    if ('done' in one) all.push(one.done);
    else {
      left++;
      process.stderr.write(`put-page class: ${name} is left out: ${one.why}\n`);
    }
  }
  if (handed.length === 0) process.stderr.write(`put-page class: there is no .json file in ${dir}\n`);
  const { table, figure } = classResult(all, lessons, answers());
  const said = has(given, '--json')
    ? JSON.stringify({ people: all.length, leftOut: left, columns: table.columns, rows: table.rows })
    : `${all.length} ${all.length === 1 ? 'person' : 'people'}\n\n${tableAsMarkdown(table)}`;
  process.stdout.write(`${said}\n`);
  const svg = one(given, '--svg');
  if (svg !== undefined && figure !== undefined) write(svg, figure.svg);
  return left > 0 || all.length === 0 ? 1 : 0;
}

function filesIn(dir: string): readonly string[] {
  try {
    return readdirSync(dir)
      .filter(name => name.endsWith('.json'))
      .sort();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') throw new BadInput(`there is no folder '${dir}'`);
    throw new BadInput(
      code === 'ENOTDIR' ? `'${dir}' is not a folder` : `the folder '${dir}' cannot be read (${code})`,
    );
  }
}

function read(file: string): Handed {
  try {
    const size = statSync(file).size;
    return size > MOST_BYTES
      ? { why: `it has ${size} bytes; a progress file has some thousands` }
      : readExport(readFileSync(file, 'utf8'));
  } catch (error) {
    return { why: `it cannot be read (${(error as NodeJS.ErrnoException).code})` };
  }
}

/** What the model says to each bet, by the notebooks of the kit. */
function answers(): Revealed {
  const folder = path.join(packageRoot(), 'notebooks');
  const files = readdirSync(folder).filter(name => name.endsWith('.ipynb'));
  return new Map(
    files.flatMap(name => [...revealedIn(parseNotebook(readFileSync(path.join(folder, name), 'utf8'), name))]),
  );
}

function write(file: string, text: string): void {
  try {
    writeFileSync(file, text);
  } catch (error) {
    throw new BadInput(`--svg ${file} cannot be written (${(error as NodeJS.ErrnoException).code})`);
  }
}
