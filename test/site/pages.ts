/** The site as files: built once into a folder of its own, and what its pages load and link to. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { buildSite } from '#src/site/build.js';

export interface Site {
  readonly dir: string;
  /** HTML files. */
  readonly pages: readonly string[];
  /** Every file, relative to the site's folder. */
  readonly files: readonly string[];
  text(file: string): string;
  remove(): void;
}

async function builtSite(): Promise<Site> {
  const dir = mkdtempSync(path.join(tmpdir(), 'put-page-site-'));
  await buildSite(dir);
  const entries = readdirSync(dir, { recursive: true, withFileTypes: true }).filter(entry => entry.isFile());
  const files = entries.map(entry => path.relative(dir, path.join(entry.parentPath, entry.name)).replaceAll('\\', '/'));
  return {
    dir,
    files,
    pages: files.filter(file => file.endsWith('.html')).sort(),
    text: file => readFileSync(path.join(dir, file), 'utf8'),
    remove: () => rmSync(dir, { recursive: true, force: true }),
  };
}

let shared: Promise<Site> | undefined;

/** One site for all tests of a process: it takes some seconds to build. */
export function sharedSite(): Promise<Site> {
  shared ??= builtSite();
  return shared;
}

const attributes = (html: string, name: string): readonly string[] =>
  [...html.matchAll(new RegExp(`<[a-z][^<>]*?\\s${name}="([^"]*)"`, 'g'))].map(match =>
    (match[1] ?? '').replaceAll('&amp;', '&'),
  );

/** Where a page's links lead. */
export const linksIn = (html: string): readonly string[] => [
  ...new Set(
    [...html.matchAll(/<a\b[^<>]*?\shref="([^"]*)"/g)].map(match => (match[1] ?? '').replaceAll('&amp;', '&')),
  ),
];

/** What a page asks the browser to load, pictures within it left out. */
export function loadedBy(html: string): readonly string[] {
  const styles = [...html.matchAll(/<link\b[^<>]*?\shref="([^"]*)"/g)].map(match => match[1] ?? '');
  const sources = [...attributes(html, 'src'), ...attributes(html, 'srcset')];
  return [...styles, ...sources].filter(address => !/^data:(image\/|,)/.test(address));
}

/** What is there before anybody does anything: the page, its styles, its scripts and what they import at once. */
export function weightOf(site: Site, page: string): number {
  const seen = new Set<string>();
  const add = (file: string): void => {
    if (seen.has(file)) return;
    seen.add(file);
    if (!file.endsWith('.js')) return;
    for (const [, to = ''] of site
      .text(file)
      .matchAll(/(?:^|[;\n}])\s*(?:import|export)\b[^;'"()]*?["'](\.\/[^"']+)["']/g))
      add(path.posix.join(path.posix.dirname(file), to));
  };
  add(page);
  for (const address of loadedBy(site.text(page))) add(address);
  return [...seen].reduce((sum, file) => sum + gzipSync(readFileSync(path.join(site.dir, file))).length, 0);
}
