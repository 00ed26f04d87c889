/** Which notebooks a command is about: `01`, `01-zone-device-leak`, a path of the .ts or the .ipynb, or nothing for all. */
import { existsSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';

export interface Target {
  /** File name without its ending. */
  readonly name: string;
  /** The source; a reader's own notebook may have none. */
  readonly ts: string | undefined;
  readonly ipynb: string;
}

/** A wrong argument: said without a stack, exit code 3. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

function fromStem(stem: string): Target {
  const ts = `${stem}.ts`;
  return { name: path.basename(stem), ts: existsSync(ts) ? ts : undefined, ipynb: `${stem}.ipynb` };
}

function sources(folder: string): string[] {
  const names = existsSync(folder) ? readdirSync(folder) : [];
  return names.filter(name => name.endsWith('.ts')).sort();
}

function whyNot(wanted: string): string {
  const kind = statSync(wanted, { throwIfNoEntry: false });
  if (kind === undefined) return `no notebook is called '${wanted}'`;
  return `${wanted} is a ${kind.isDirectory() ? 'folder' : 'file'}, not a notebook (.ts or .ipynb)`;
}

function resolve(folder: string, wanted: string): Target {
  if (/\.(ts|ipynb)$/.test(wanted)) {
    const target = fromStem(path.resolve(wanted.replace(/\.(ts|ipynb)$/, '')));
    if (target.ts === undefined && !existsSync(target.ipynb)) throw new UsageError(`there is no file ${wanted}`);
    return target;
  }
  const names = sources(folder).map(name => name.replace(/\.ts$/, ''));
  const number = /^\d$/.test(wanted) ? `0${wanted}` : wanted;
  const found = names.filter(name => name === wanted || name.startsWith(`${number}-`));
  const [name] = found;
  if (name === undefined || found.length > 1) {
    const why = found.length > 1 ? `'${wanted}' fits ${found.join(' and ')}` : whyNot(wanted);
    throw new UsageError(`${why}; expected a .ts or .ipynb file, or one of: ${names.join(', ')}`);
  }
  return fromStem(path.join(folder, name));
}

/** The notebooks in the order in which they were named; of `folder` in the order of their names. */
export function findTargets(folder: string, wanted: readonly string[]): readonly Target[] {
  if (wanted.length > 0) return wanted.map(one => resolve(folder, one));
  const all = sources(folder).map(name => fromStem(path.join(folder, name.replace(/\.ts$/, ''))));
  if (all.length === 0) throw new UsageError(`there is no notebook (*.ts) in ${folder}`);
  return all;
}
