/**
 * Kernel headers -> the row of data/page-tables.json for one release: which page flags, in which order, which page types, and
 * what may not be set on a page that is freed. Reads `enum pageflags` as it stands; a flag inside an #ifdef is `optional`.
 *
 *   node dist-test/lab/page-tables.js RELEASE SOURCE INCLUDE-FOLDER >> ROWS
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

export interface PageTables {
  release: string;
  /** The package or tree that the headers are of. */
  source: string;
  /** Bit 0 first. */
  flags: string[];
  optional: string[];
  /** The numbers as the header writes them. */
  types: Record<string, string>;
  checkedAtFree: string[];
}

const between = (text: string, from: string, to: string): string => {
  const at = text.indexOf(from);
  const end = text.indexOf(to, at);
  if (at < 0 || end < 0)
    throw new Error(`no text between '${from}' and '${to}': not this header, or another form of it`);
  return text.slice(at, end);
};

/** Flags that the enum gives a number of their own, and whether a configuration can leave them out. */
function flagsOf(header: string): { name: string; optional: boolean }[] {
  const all: { name: string; optional: boolean }[] = [];
  let depth = 0;
  for (const line of between(header, 'enum pageflags', '__NR_PAGEFLAGS').split('\n')) {
    if (/^#\s*if/.test(line)) depth++;
    else if (/^#\s*endif/.test(line)) depth--;
    const name = /^\s*PG_(\w+),/.exec(line)?.[1];
    if (name !== undefined) all.push({ name, optional: depth > 0 });
  }
  return all;
}

/** The four forms in which the kernel has written the types down since 3.16. */
function typesOf(headers: string): Record<string, string> {
  const types: Record<string, string> = {};
  const forms = [
    /#define PAGE_(\w+)_MAPCOUNT_VALUE\s*\(?(-\d+)\)?/g,
    /#define PG_(\w+)\s+(0x[0-9a-f]+)\s*$/gm,
    /^\s*PG_(\w+)\s*=\s*(0x[0-9a-f]+),/gm,
    /^\s*PGTY_(\w+)\s*=\s*(0x[0-9a-f]+)/gm,
  ];
  for (const form of forms)
    for (const [, name, number] of headers.matchAll(form)) types[(name ?? '').toLowerCase()] = number ?? '';
  // The byte above all types: what a count that went below zero looks like.
  delete types.mapcount_underflow;
  return types;
}

/** What page-flags.h and mm.h of a release say. */
export function readPageTables(release: string, source: string, pageFlags: string, mm: string): PageTables {
  const flags = flagsOf(pageFlags);
  const atFree = between(pageFlags, '#define PAGE_FLAGS_CHECK_AT_FREE', '\n\n');
  return {
    release,
    source,
    flags: flags.filter(f => !f.optional).map(f => f.name),
    optional: flags.filter(f => f.optional).map(f => f.name),
    types: typesOf(`${mm}\n${pageFlags}`),
    checkedAtFree: [...atFree.matchAll(/PG_(\w+)/g)].map(m => (m[1] ?? '').toLowerCase()),
  };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const [release = '', source = '', folder = ''] = process.argv.slice(2);
  const read = (name: string): string => readFileSync(path.join(folder, 'linux', name), 'utf8');
  process.stdout.write(`${JSON.stringify(readPageTables(release, source, read('page-flags.h'), read('mm.h')))}\n`);
}
