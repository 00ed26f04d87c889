/** The pages and the ways to them on which a contract is tried: the table of page kinds, and a driver's page that gup may find. */
import { backing } from '../../linux/mm/backing.js';
import { ANON_VMA } from '../../linux/mm/memory.js';
import { PAGE_KINDS, type PageKind } from '../../linux/mm/page-kinds.js';
import { ModelError, whatThereIs } from '../../model/index.js';

/** vm_insert_page() into a VM_MIXEDMAP mapping: an ordinary entry, counted, so that gup finds it. */
const inserted: PageKind = {
  name: 'driver’s page by vm_insert_page',
  found_by: 'gup',
  pages: [{ backing: backing('anon'), owner: 1, mapped: 1, mapcount: 1 }],
  touch: 0,
  entry: { page: 0 },
  vma: { ...ANON_VMA, VM_MIXEDMAP: true, insert: 'vm_insert_page' },
};

/** In the order of the matrix: what gup finds, then what a walk finds. */
export const CONTRACT_KINDS: readonly PageKind[] = [
  ...PAGE_KINDS.filter(k => k.found_by === 'gup'),
  inserted,
  ...PAGE_KINDS.filter(k => k.found_by === 'walk'),
];

/** Errors: an unknown name. */
export function contractKind(name: string): PageKind {
  const found = CONTRACT_KINDS.find(k => k.name === name);
  if (found !== undefined) return found;
  throw new ModelError(
    `no page kind is called '${name}'; expected ${whatThereIs(
      name,
      CONTRACT_KINDS.map(k => k.name),
    )}`,
  );
}

/** Is it freed as a block of pages of order 0? Only then does a release's way to free a raced block matter. */
export function freedAsBlock({ found_by, pages }: PageKind): boolean {
  return found_by === 'walk' && pages.length > 1 && pages.every(p => (p.order ?? 0) === 0 && p.head === undefined);
}
