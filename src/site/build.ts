/** Makes the site: pages that are whole without a script, and the scripts that make them live. */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { makeFolder } from '../app/paths.js';
import { readGlossary } from '../handouts/index.js';
import { parseNotebook } from '../jupyter/notebook/validate.js';
import { projectRoot } from '../jupyter/project-root.js';
import { dataText } from '../linux/data/data-file.js';
import { lessons } from '../stories/index.js';
import { scenariosByLesson } from '../stories/registry.js';
import { bundled, bundleScripts } from './bundle.js';
import { cellsFile } from './cells-file.js';
import { decodePage } from './decode-page.js';
import { type Explorable, exploreFile, exploreIndex, explorePage } from './explore-page.js';
import type { SitePage } from './frame.js';
import { glossaryPage } from './glossary-page.js';
import { homePage } from './home-page.js';
import { writeLibrary } from './library.js';
import { type Reading, readingPage } from './reading-page.js';
import { searchIndex } from './search-index.js';
import { typesFile } from './types.js';

/** What is bundled; the others follow from their imports. */
const SCRIPTS = [
  'search.ts',
  'live.ts',
  'run-worker.ts',
  'explore.ts',
  'explore-worker.ts',
  'check-worker.ts',
  'site.css',
  'live.css',
  'widgets.css',
];

/** In a folder that was made here; any other is left alone. */
const MARK = '.put-page-site';

const read = (...parts: string[]): string => readFileSync(path.join(projectRoot, ...parts), 'utf8');

export function readings(): readonly Reading[] {
  return lessons.map(lesson => {
    const name = lesson.notebook;
    return { name, lesson, notebook: parseNotebook(read('notebooks', `${name}.ipynb`), `${name}.ipynb`) };
  });
}

/** Every page, and what the search looks through. */
export function pages(): { readonly pages: readonly SitePage[]; readonly index: string } {
  const glossary = readGlossary(read('docs', 'glossary.md'));
  const all = readings();
  const explorable = all.flatMap((reading): Explorable[] => {
    const own = scenariosByLesson.find(({ lesson }) => lesson === reading.lesson)?.scenarios ?? [];
    return own.length === 0 ? [] : [{ reading, scenarios: own }];
  });
  const explore = (reading: Reading): string | undefined =>
    explorable.some(one => one.reading === reading) ? exploreFile(reading.name) : undefined;
  const notebooks = all.map((reading, i) => {
    const [before, after] = [all[i - 1], all[i + 1]];
    return readingPage(reading, glossary, {
      ...(before === undefined ? {} : { before }),
      ...(after === undefined ? {} : { after }),
      explore: explore(reading),
    });
  });
  const html = notebooks.map(page => page.html);
  return {
    pages: [
      homePage(all, explore),
      ...notebooks,
      exploreIndex(explorable),
      ...explorable.map(explorePage),
      glossaryPage(glossary),
    ],
    index: JSON.stringify(searchIndex(all, html, glossary)),
  };
}

/** The folder for the site cannot be taken. */
export class UnfitFolder extends Error {
  override readonly name = 'UnfitFolder';
}

/** Writes the site into `out`, in place of what an earlier call wrote there. Errors: UnfitFolder where other files are in it; those of the file system. */
export async function buildSite(out: string): Promise<void> {
  if (existsSync(out) && readdirSync(out).length > 0 && !existsSync(path.join(out, MARK)))
    throw new UnfitFolder(`${out} holds files that are not a site of put-page: name an empty folder with --out`);
  rmSync(out, { recursive: true, force: true });
  const assets = path.join(out, 'assets');
  makeFolder(assets);
  writeFileSync(path.join(out, MARK), '');
  const made = pages();
  for (const { file, html } of made.pages) writeFileSync(path.join(out, file), html);
  writeFileSync(path.join(assets, 'search.json'), made.index);
  for (const { name, notebook, lesson } of readings())
    writeFileSync(path.join(assets, `${name}.json`), JSON.stringify(cellsFile(notebook, lesson)));
  writeFileSync(path.join(assets, 'types.json'), JSON.stringify(typesFile()));
  writeFileSync(path.join(assets, 'icon.svg'), read('src', 'site', 'page', 'icon.svg'));
  await bundleScripts(assets, SCRIPTS);
  await writeLibrary(path.join(assets, 'lib'));
  const decode = decodePage(await bundled('decode.ts'), await bundled('decode.css'), dataText('splats/thread-003.log'));
  writeFileSync(path.join(out, decode.file), decode.html);
  await writeServiceWorker(out);
}

/** Last of all: it knows every file, and its version is that of all of them. */
async function writeServiceWorker(out: string): Promise<void> {
  const entries = readdirSync(out, { recursive: true, withFileTypes: true }).filter(entry => entry.isFile());
  const files = entries
    .map(entry => path.relative(out, path.join(entry.parentPath, entry.name)).replaceAll('\\', '/'))
    .filter(file => file !== MARK)
    .sort();
  const hash = createHash('sha256');
  for (const file of files) hash.update(`${file}\0`).update(readFileSync(path.join(out, file)));
  const version = hash.digest('hex').slice(0, 16);
  const script = `const SITE = ${JSON.stringify({ version, files })};\n${await bundled('service-worker.ts')}`;
  writeFileSync(path.join(out, 'service-worker.js'), script);
}
