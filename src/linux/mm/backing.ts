/**
 * What a guest page may be backed by, as KVM's predicates see it: the page's kind, not its count.
 * Source: KVM's hva_to_pfn() and mm (5.10, 6.1, 6.12, 7.2), and the mail of 11 Nov 2019.
 */
import { whatThereIs } from '../../model/index.js';
import { KernelError } from '../data/error.js';

/** `devdax-pfnmap` is an eighth, for one of the wrong fixes: a device page that KVM finds by walking the page table. */
export const BACKINGS = ['anon', 'reserved', 'zero', 'devdax', 'fsdax', 'mmio', 'pfnmap'] as const;
export type BackingName = (typeof BACKINGS)[number] | 'devdax-pfnmap';

export interface Backing {
  readonly name: BackingName;
  /** For a reader: what it is. */
  readonly what: string;
  /** There is a struct page. */
  readonly pfn_valid: boolean;
  /** PG_reserved is set; false where there is no struct page. */
  readonly PageReserved: boolean;
  readonly is_zero_pfn: boolean;
  /** In the zone ZONE_DEVICE: a dev_pagemap owns the struct page. */
  readonly is_zone_device_page: boolean;
  /** How KVM comes from the address to the pfn: get_user_pages(), which takes a reference, or a walk of a VM_PFNMAP mapping. */
  readonly found_by: 'gup' | 'walk';
}

const plain = { pfn_valid: true, PageReserved: false, is_zero_pfn: false, is_zone_device_page: false } as const;
const device = { ...plain, PageReserved: true, is_zone_device_page: true } as const;

const ALL: Readonly<Record<BackingName, Backing>> = {
  anon: { name: 'anon', what: 'anonymous or file RAM', ...plain, found_by: 'gup' },
  reserved: { name: 'reserved', what: 'PG_reserved RAM by VM_PFNMAP', ...plain, PageReserved: true, found_by: 'walk' },
  zero: {
    name: 'zero',
    what: 'the shared zero page',
    ...plain,
    PageReserved: true,
    is_zero_pfn: true,
    found_by: 'gup',
  },
  devdax: { name: 'devdax', what: '/dev/dax', ...device, found_by: 'gup' },
  fsdax: { name: 'fsdax', what: 'a file on a DAX file system', ...device, found_by: 'gup' },
  mmio: { name: 'mmio', what: 'MMIO, no struct page', ...plain, pfn_valid: false, found_by: 'walk' },
  pfnmap: { name: 'pfnmap', what: 'ordinary page by VM_PFNMAP (TTM)', ...plain, found_by: 'walk' },
  'devdax-pfnmap': { name: 'devdax-pfnmap', what: 'a device page by VM_PFNMAP', ...device, found_by: 'walk' },
};

/** Errors: an unknown name. */
export function backing(name: string): Backing {
  const found = Object.hasOwn(ALL, name) ? ALL[name as BackingName] : undefined;
  if (found === undefined)
    throw new KernelError(`no backing is called '${name}'; expected one of ${whatThereIs(name, Object.keys(ALL))}`);
  return found;
}
