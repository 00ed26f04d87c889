/**
 * Which recorded pfn is which page of the model: they must be one to one for as long as the page lives. A pfn is handed out again after it
 * was freed; a page of the model is not.
 */
import type { RamPage } from '../linux/mm/mm_types.js';

export class Identity {
  private readonly page = new Map<number, RamPage>();
  private readonly pfn = new Map<RamPage, number>();

  /** Binds the two, or says what speaks against it. */
  check(pfn: number, page: RamPage): string | null {
    const known = this.page.get(pfn);
    if (known !== undefined && known !== page && !known.free) return `page ${page.id}, not page ${known.id} as before`;
    const other = this.pfn.get(page);
    if (other !== undefined && other !== pfn) return `page ${page.id}, which is pfn ${other}`;
    this.page.set(pfn, page);
    this.pfn.set(page, pfn);
    return null;
  }

  /** Is it a page that lives? The pfn of one that was freed may be anybody's by now. */
  knows(pfn: number): boolean {
    return this.page.get(pfn)?.free === false;
  }

  /** The model's page; null: none is bound. */
  pageOf(pfn: number): number | null {
    return this.page.get(pfn)?.id ?? null;
  }
}
