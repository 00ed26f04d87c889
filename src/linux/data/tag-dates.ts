/** When releases were tagged. data/tags.json. */
import { dataFile } from './data-file.js';
import { KernelError } from './error.js';
import type { Evidence } from './release-table.js';

export interface TagDate {
  /** `2019-11-17`. Of a stable release: the day on which its review began. */
  readonly date: string;
  readonly evidence: Evidence;
  readonly source: string;
}

interface TagsFile {
  readonly tags: Readonly<Record<string, TagDate>>;
}

/** Every release whose date is known, by name. */
export function tagDates(): Readonly<Record<string, TagDate>> {
  return (dataFile('tags.json') as TagsFile).tags;
}

/** The date of a release. Errors: one that data/tags.json does not know. */
export function tagDate(tag: string): TagDate {
  const found = Object.hasOwn(tagDates(), tag) ? tagDates()[tag] : undefined;
  if (found === undefined) throw new KernelError(`the date of ${tag} is not in data/tags.json; add it with its source`);
  return found;
}
