/**
 * `put-page sync NOTEBOOK.ipynb`: a notebook that was edited as .ipynb (Jupyter, VS Code, a working copy) back into its
 * percent source. Outputs stay where they are; `put-page execute` makes new ones.
 */
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { type Cell, type Document, NotebookFormatError } from '../notebook/document.js';
import { toDocument } from '../notebook/nbformat.js';
import { parsePercent, printPercent } from '../notebook/percent.js';
import { parseNotebook } from '../notebook/validate.js';
import { projectRoot } from '../project-root.js';
import { UsageError } from './targets.js';

const usage = `usage: put-page sync [--force] NOTEBOOK.ipynb…

Writes the cells of NOTEBOOK.ipynb into its source, NOTEBOOK.ts beside it; of a working copy in .put-page/notebooks/
into notebooks/. A source that is newer than the .ipynb is kept unless --force is given. Outputs are left out: run
\`put-page execute NOTEBOOK\` afterwards. Exit code 0: done; 1: a notebook was refused; 3: an argument is wrong.
`;

const copies = path.join('.put-page', 'notebooks');
const originals = 'notebooks';

/** The source that belongs to an .ipynb. */
export function sourceOf(ipynb: string, root: string): string {
  const file = path.resolve(ipynb).replace(/\.ipynb$/, '.ts');
  if (path.dirname(file) !== path.join(root, copies)) return file;
  return path.join(root, originals, path.basename(file));
}

/** An id stands in a marker only where the author wrote it; the others stay in the .ipynb. */
function withWrittenIds(edited: Document, before: Document): Document {
  const written = new Set(before.cells.map(cell => cell.id));
  return {
    cells: edited.cells.map(({ id, ...cell }): Cell => (id !== undefined && written.has(id) ? { ...cell, id } : cell)),
  };
}

/** The new text of a source. `before` is what the source was, if there was one. */
export function synced(ipynb: string, before: string | undefined, names: { ipynb: string; ts: string }): string {
  const edited = toDocument(parseNotebook(ipynb, names.ipynb));
  if (edited.cells.length === 0)
    throw new NotebookFormatError(names.ipynb, ['there is no cell in it; nothing to write']);
  const old = before === undefined ? { cells: [] } : parsePercent(before, names.ts);
  return printPercent(withWrittenIds(edited, old));
}

/** Says what was done; throws a NotebookFormatError for what is refused. */
function syncOne(ipynb: string, force: boolean): string {
  const ts = sourceOf(ipynb, projectRoot);
  const names = { ipynb: path.relative(process.cwd(), ipynb), ts: path.relative(process.cwd(), ts) };
  const before = existsSync(ts) ? readFileSync(ts, 'utf8') : undefined;
  const now = synced(readFileSync(ipynb, 'utf8'), before, names);
  if (now === before) return `${names.ts}: unchanged, it has the same cells as ${names.ipynb}`;
  if (before !== undefined && !force && statSync(ts).mtimeMs > statSync(ipynb).mtimeMs) {
    const why = `it was saved after ${names.ipynb} and has other cells; --force takes those of the .ipynb`;
    throw new NotebookFormatError(names.ts, [why]);
  }
  writeFileSync(ts, now);
  const name = path.dirname(ts) === path.join(projectRoot, originals) ? path.basename(ts, '.ts') : names.ts;
  return `${names.ts} written from ${names.ipynb}; outputs: \`npx put-page execute ${name}\``;
}

function readArgs(args: readonly string[]): { force: boolean; files: readonly string[] } {
  const { values, positionals } = parseArgs({
    args: [...args],
    options: { force: { type: 'boolean' } },
    allowPositionals: true,
  });
  if (positionals.length === 0) throw new UsageError('which notebook? expected a file .ipynb');
  for (const file of positionals) {
    if (!file.endsWith('.ipynb')) throw new UsageError(`expected a file .ipynb, not '${file}'`);
    if (!existsSync(file)) throw new UsageError(`there is no file ${file}`);
  }
  return { force: values.force === true, files: positionals };
}

export async function main(args: readonly string[]): Promise<number> {
  if (args.includes('--help') || args.includes('-h')) {
    process.stdout.write(usage);
    return 0;
  }
  try {
    const { force, files } = readArgs(args);
    for (const file of files) console.log(syncOne(path.resolve(file), force));
    return 0;
  } catch (error) {
    if (error instanceof NotebookFormatError) {
      console.error(error.message);
      return 1;
    }
    if (!(error instanceof UsageError || (error instanceof TypeError && 'code' in error))) throw error;
    console.error(`put-page sync: ${error.message.replace(/\. To specify.*/s, '')}; --help says more`);
    return 3;
  }
}
