/** The library's sources, to be read beside a notebook: one file, and where a name is defined. */
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { isClone } from '../../jupyter/project-root.js';
import { HttpError } from '../http/reply.js';
import { readInside } from './read-inside.js';

/** What may be asked for: TypeScript below src/, under plain names. */
const FILE = /^src\/(?:[\w-]+\/)*[\w-][\w.-]*\.ts$/;
const NAME = /^[A-Za-z_$][\w$]*$/;

export interface SourcePlace {
  /** `src/kit/run.ts` */
  readonly file: string;
  /** From 1. */
  readonly line: number;
}

/** @param root the package root. Errors: HttpError 404; its details have the release's file where there is no src/ */
export async function readSource(root: string, file: string): Promise<string> {
  if (!FILE.test(file)) throw new HttpError(404, `There is no source file '${file}'.`);
  await needSources(root, file);
  return (await readInside(path.join(root, 'src'), file.slice('src/'.length))).toString();
}

/** Every file that can be asked for, sorted; [] where there is no src/. */
export async function listSources(root: string): Promise<readonly string[]> {
  if (!hasSources(root)) return [];
  const names = await readdir(path.join(root, 'src'), { recursive: true });
  return names
    .map(name => `src/${name.replaceAll('\\', '/')}`)
    .filter(file => FILE.test(file))
    .sort();
}

/**
 * Where a function, a step of a model or a type of this name is defined: first where the notebook's own thread has it,
 * then in the kernel's rules, then elsewhere. Null where nothing has that name.
 */
export async function findDefinition(root: string, name: string, notebook: string): Promise<SourcePlace | null> {
  await needSources(root, 'src');
  if (!NAME.test(name)) return null;
  const files = await Promise.all(
    (await listSources(root)).map(async file => ({ file, text: await readFile(path.join(root, file), 'utf8') })),
  );
  const named = `'${notebook.replace(/\.ipynb$/, '')}'`;
  const home = files.find(
    ({ file, text }) => file.startsWith('src/stories/') && /\/lesson/.test(file) && text.includes(named),
  );
  const own = home === undefined ? null : `${path.posix.dirname(home.file)}/`;
  const rank = (file: string): number => {
    if (own !== null && file.startsWith(own)) return file.endsWith('/model.ts') ? 0 : 1;
    return file.startsWith('src/linux/') ? 2 : file.startsWith('src/kit/') ? 3 : 4;
  };
  const places = files.flatMap(({ file, text }) => {
    const line = definedAt(text, name);
    return line === null ? [] : [{ file, line }];
  });
  return places.sort((a, b) => rank(a.file) - rank(b.file))[0] ?? null;
}

/** The line that defines the name, from 1, or null. */
function definedAt(text: string, name: string): number | null {
  if (!text.includes(name)) return null;
  const bare = name.replaceAll('$', '\\$');
  const defines = [
    new RegExp(`^(?:export )?(?:default )?(?:async )?(?:function\\*?|class|interface|type|const|let|enum) ${bare}\\b`),
    // A step of a model, or a method.
    new RegExp(`^\\s+(?:readonly |static |async |get )*${bare}\\??(?:<[^>]*>)?\\(.*\\{$`),
    new RegExp(`^\\s+${bare}: (?:only|wait|restart|\\(|async|[a-z]+\\()`),
  ];
  const lines = text.split('\n');
  for (const pattern of defines) {
    const at = lines.findIndex(line => pattern.test(line) && !/^\s*(?:if|for|while|switch|return)\b/.test(line));
    if (at >= 0) return at + 1;
  }
  return null;
}

function hasSources(root: string): boolean {
  return isClone(root) && existsSync(path.join(root, 'src'));
}

/** An installed kit was built before, and has no sources: the answer says so, and where they are. */
async function needSources(root: string, file: string): Promise<void> {
  if (hasSources(root)) return;
  const { version, repository } = JSON.parse(await readFile(path.join(root, 'package.json'), 'utf8')) as {
    readonly version: string;
    readonly repository?: string | { readonly url?: string };
  };
  const address = typeof repository === 'string' ? repository : repository?.url;
  const link = address?.replace(/^git\+/, '').replace(/\.git$/, '');
  const release = link?.startsWith('https://') ? { link: `${link}/blob/v${version}/${file}` } : {};
  throw new HttpError(
    404,
    `This put-page was installed from a package, which has no src/. The sources are in the repository, at version ${version}.`,
    { noSources: true, ...release },
  );
}
