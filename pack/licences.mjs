/** The licences of what the tarball holds of other packages: their texts have to go with them. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/**
 * The package folders that files of a bundle belong to: `node_modules/@lumino/widgets` for whatever lies below it. esbuild
 * marks what a plugin read (`svg-text:/…`), and what it left out (`(disabled):…`, `nothing:…`).
 */
export function packagesOf(files) {
  const inside = files.filter(file => !/^(\(disabled\)|nothing):/.test(file));
  const folders = inside.flatMap(file => {
    const below = file.replaceAll('\\', '/').replace(/^.*?(?=node_modules\/)/, '');
    const found = /^.*node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(below);
    return found === null ? [] : [found[0]];
  });
  return [...new Set(folders)].sort();
}

/** Writes one text: each package with its version, its home, and the text of its licence. */
export function writeLicences(root, folders, to) {
  const parts = folders.map(folder => {
    const dir = path.resolve(root, folder);
    const { name, version, license, repository, homepage } = JSON.parse(
      readFileSync(path.join(dir, 'package.json'), 'utf8'),
    );
    const home = typeof repository === 'string' ? repository : (repository?.url ?? homepage ?? '');
    const texts = readdirSync(dir).filter(file => /^(licen[cs]e|copying|notice|thirdpartynotice)/i.test(file));
    const bodies = texts.sort().map(file => readFileSync(path.join(dir, file), 'utf8').trim());
    return [`${name} ${version} (${license ?? 'see below'}) ${home}`, ...bodies].join('\n\n');
  });
  if (parts.length === 0) throw new Error(`no package was found for ${to}: is node_modules there?`);
  writeFileSync(to, `${parts.join(`\n\n${'-'.repeat(78)}\n\n`)}\n`);
}
