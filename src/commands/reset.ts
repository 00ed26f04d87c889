/** `put-page reset [NN …] [--progress] [--state DIR]`: puts the reader's copies aside, so that notebooks begin anew. */
import { existsSync, readdirSync, renameSync } from 'node:fs';
import path from 'node:path';
import { packageRoot, pathsOf } from '../app/paths.js';
import { has, one } from './arguments.js';
import { BadInput, type Given } from './spec.js';

/** Runs the command; returns the exit code. Errors: BadInput. */
export async function main(given: Given): Promise<number> {
  const state = one(given, '--state');
  const paths = pathsOf(packageRoot(), undefined, state === undefined ? undefined : path.resolve(state));
  const all = existsSync(paths.copies) ? readdirSync(paths.copies).filter(name => name.endsWith('.ipynb')) : [];
  const asked = given.words.length === 0 ? all.filter(isCopy) : given.words.flatMap(word => copiesOf(word, all));
  for (const name of asked) putAside(path.join(paths.copies, name));
  if (has(given, '--progress')) putAside(path.join(paths.state, 'progress.json'));
  const said =
    asked.length === 0
      ? ['No copy is there: the notebooks are as they came.']
      : asked.map(n => `${n}: begins anew; your copy is ${n}.aside`);
  process.stdout.write(`${said.join('\n')}\n`);
  return 0;
}

/** A copy of one of the kit's notebooks, or another version of one; not a notebook that the reader has made. */
function isCopy(name: string): boolean {
  return existsSync(path.join(packageRoot(), 'notebooks', name.replace(/\.conflict-\d+\.ipynb$/, '.ipynb')));
}

/** The copies of the notebook that begins with these digits. Errors: there is no such notebook. */
function copiesOf(word: string, all: readonly string[]): readonly string[] {
  const originals = readdirSync(path.join(packageRoot(), 'notebooks')).filter(name => name.endsWith('.ipynb'));
  const named = (name: string) => name === word || name === `${word}.ipynb` || name.startsWith(`${word}-`);
  if (![...originals, ...all].some(named))
    throw new BadInput(
      `no notebook is called '${word}'; expected one of ${originals.map(n => n.slice(0, 2)).join(', ')}`,
    );
  return all.filter(named);
}

/** Nothing is deleted: an older one that was put aside is numbered. */
function putAside(file: string): void {
  if (!existsSync(file)) return;
  let aside = `${file}.aside`;
  for (let i = 2; existsSync(aside); i++) aside = `${file}.aside-${i}`;
  renameSync(file, aside);
  // What it remembers of its original belongs to it.
  const base = `${file}.base.json`;
  if (existsSync(base)) renameSync(base, `${aside}.base.json`);
}
