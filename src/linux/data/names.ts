/** Which functions of the kernel exist in which release: what a figure or a table may call a step. data/names.json. */
import { dataFile } from './data-file.js';
import { KernelError } from './error.js';
import type { Evidence } from './release-table.js';
import { compareMainline, parseTag } from './tag.js';

/** One function of the kernel, and the releases that have it. */
export interface KernelName {
  readonly name: string;
  /** The first release with it; null where it is older than the table. */
  readonly from: string | null;
  /** The first release without it; null where it is still there. */
  readonly until: string | null;
  /** It belongs to a series that was not merged: no release has it. */
  readonly neverMerged?: boolean;
  /** 12 hexadecimal digits of the commit that brought or removed it. */
  readonly commit?: string;
  readonly what: string;
  readonly source: string;
  /** How well `from` and `until` are known. */
  readonly evidence: Evidence;
}

interface NamesFile {
  readonly names: readonly KernelName[];
  readonly not_functions: readonly string[];
}

const file = () => dataFile('names.json') as NamesFile;

/** Every function whose releases are known. */
export function kernelNames(): readonly KernelName[] {
  return file().names;
}

/** Labels of stories that stand for a place inside a function: none of them is a name of the kernel. */
export function placeNames(): readonly string[] {
  return file().not_functions;
}

/**
 * Does the mainline release `tag` have a function called `name`? A stable release is asked as the mainline release that it is based
 * on, which is right for names that no backport brought or removed. Errors: a name that data/names.json does not know; not a release.
 */
export function hasName(tag: string, name: string): boolean {
  const found = kernelNames().find(n => n.name === name);
  if (found === undefined)
    throw new KernelError(
      `data/names.json does not know ${name}(); it knows ${kernelNames()
        .map(n => n.name)
        .join(', ')}`,
    );
  const at = parseTag(tag);
  if (found.neverMerged === true) return at.series !== undefined;
  const begins = found.from === null || compareMainline(parseTag(found.from), at) <= 0;
  return begins && (found.until === null || compareMainline(at, parseTag(found.until)) < 0);
}

/** The x86 fault's function that turns a gfn into a pfn, under the name of that release. Errors: not a release. */
export function faultFunction(tag: string): 'try_async_pf' | 'kvm_faultin_pfn' {
  return hasName(tag, 'kvm_faultin_pfn') ? 'kvm_faultin_pfn' : 'try_async_pf';
}
