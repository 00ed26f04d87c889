/** Makes the site: pages that are whole without a script, and the scripts that make them live. */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { readGlossary } from '../handouts/index.js';
import { parseNotebook } from '../jupyter/notebook/validate.js';
import { projectRoot } from '../jupyter/project-root.js';
import { dataText } from '../linux/data/data-file.js';
import { lessons } from '../stories/index.js';
import { bundled, bundleScripts } from './bundle.js';
import { decodePage } from './decode-page.js';
import type { SitePage } from './frame.js';
import { glossaryPage } from './glossary-page.js';
import { homePage } from './home-page.js';
import { type Reading, readingPage } from './reading-page.js';
import { searchIndex } from './search-index.js';

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
  const notebooks = all.map((reading, i) => {
    const [before, after] = [all[i - 1], all[i + 1]];
    return readingPage(reading, glossary, {
      ...(before === undefined ? {} : { before }),
      ...(after === undefined ? {} : { after }),
    });
  });
  const html = notebooks.map(page => page.html);
  return {
    pages: [homePage(all, () => undefined), ...notebooks, glossaryPage(glossary)],
    index: JSON.stringify(searchIndex(all, html, glossary)),
  };
}

/** Writes the site into `out`, in place of what an earlier call wrote there. Errors: a folder with other files in it. */
export async function buildSite(out: string): Promise<void> {
  if (existsSync(out) && readdirSync(out).length > 0 && !existsSync(path.join(out, MARK)))
    throw new Error(`${out} holds files that are not a site of put-page: name an empty folder with --out`);
  rmSync(out, { recursive: true, force: true });
  const assets = path.join(out, 'assets');
  mkdirSync(assets, { recursive: true });
  writeFileSync(path.join(out, MARK), '');
  const made = pages();
  for (const { file, html } of made.pages) writeFileSync(path.join(out, file), html);
  writeFileSync(path.join(assets, 'search.json'), made.index);
  writeFileSync(path.join(assets, 'icon.svg'), read('src', 'site', 'page', 'icon.svg'));
  await bundleScripts(assets, ['search.ts', 'site.css']);
  const decode = decodePage(await bundled('decode.ts'), await bundled('decode.css'), dataText('splats/thread-003.log'));
  writeFileSync(path.join(out, decode.file), decode.html);
}
