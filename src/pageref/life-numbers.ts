/** How many lifetimes each page had so far: a table that stops growing, so that a trace may have any number of pages. */
const [smallest, largest] = [1 << 10, 1 << 19];
/** How far a page may stand from its place in the largest table; beyond that, another page is forgotten and begins at 1 again. */
const reach = 8;

export class LifeNumbers {
  private slots = smallest;
  private used = 0;
  /** Page frame numbers plus one; 0: nothing stands there. */
  private pages = new Float64Array(smallest);
  private lives = new Uint32Array(smallest);

  /** The number of the next lifetime of a page, from 1. */
  next(pfn: number): number {
    if (2 * this.used > this.slots && this.slots < largest) this.grow();
    const at = this.placeOf(pfn + 1);
    if (this.pages[at] !== pfn + 1) {
      if (this.pages[at] === 0) this.used++;
      this.pages[at] = pfn + 1;
      this.lives[at] = 0;
    }
    const n = (this.lives[at] ?? 0) + 1;
    this.lives[at] = n;
    return n;
  }

  private placeOf(key: number): number {
    const mask = this.slots - 1;
    const home = (Math.imul(key ^ (key / 2 ** 31), 0x9e3779b1) >>> 13) & mask;
    for (let i = 0; i < reach; i++) {
      const at = (home + i) & mask;
      const page = this.pages[at];
      if (page === key || page === 0) return at;
    }
    return home;
  }

  private grow(): void {
    const { pages, lives } = this;
    this.slots *= 8;
    this.used = 0;
    this.pages = new Float64Array(this.slots);
    this.lives = new Uint32Array(this.slots);
    for (const [i, page] of pages.entries()) {
      if (page === 0) continue;
      const at = this.placeOf(page);
      this.pages[at] = page;
      this.lives[at] = lives[i] ?? 0;
      this.used++;
    }
  }
}
