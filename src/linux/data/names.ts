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

/** From this release on (null: the oldest of the table) the work of a step is done by this function. */
export interface Calling {
  readonly from: string | null;
  readonly name: string;
}

interface NamesFile {
  readonly names: readonly KernelName[];
  readonly called: Readonly<Record<string, readonly Calling[]>>;
  readonly not_looked_up: readonly string[];
  readonly not_functions: readonly string[];
}

const file = () => dataFile('names.json') as NamesFile;

/** Every function whose releases are known. */
export function kernelNames(): readonly KernelName[] {
  return file().names;
}

/** Functions of the kernel that steps are named after, of which nobody has looked up the releases. */
export function notLookedUp(): readonly string[] {
  return file().not_looked_up;
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

/** The steps whose work other functions do in other releases. */
export function renamedSteps(): readonly string[] {
  return Object.keys(file().called);
}

/** What a step of this name is called, from which release on; none where every release calls it so. */
export function callings(step: string): readonly Calling[] {
  const { called } = file();
  return Object.hasOwn(called, step) ? (called[step] ?? []) : [];
}

/** What a step of this name is called in that release: by the function that does its work there. Errors: not a release. */
export function calledIn(tag: string, step: string): string {
  const at = parseTag(tag);
  const begun = callings(step).filter(c => c.from === null || compareMainline(parseTag(c.from), at) <= 0);
  return begun.at(-1)?.name ?? step;
}

/** The x86 fault's function that turns a gfn into a pfn, under the name of that release. Errors: not a release. */
export function faultFunction(tag: string): string {
  return calledIn(tag, 'kvm_faultin_pfn');
}
