/** The two proposals of notebook 02's thread, as exercises. */

import { defineExercise } from '../../desk/lesson.js';
import { strangeNames } from '../../desk/names.js';
import { search as explore } from '../../kit/index.js';

import { PAGE_KINDS, type PageKind } from '../../linux/index.js';
import { CONTRACT_KINDS } from '../contract/index.js';
import { guestAccess } from '../precise-tracking/index.js';
import { ttmTailPage } from './model.js';

/** Is this page of a block, 0 the first, to be marked PG_reserved? */
export type Mark = (page: number) => boolean;

const ORDER = 2;
const BLOCK = Array.from({ length: 2 ** ORDER }, (_, page) => page);
const SERVED = { property: 'the guest’s access is served' };
const WARNS = { property: 'KVM warns of a page that nobody holds' };

/** The first proposal, on 6.1: for each page of a block, what a touch of it comes to. */
function touched(mark: Mark) {
  return BLOCK.map(touch => {
    const model = ttmTailPage({ release: '6.1.192', order: ORDER, touch, reserved: mark });
    const served = explore(model, SERVED).verdict === 'reached';
    const warns = explore(model, WARNS).verdict === 'reached';
    return { touch, marked: mark(touch), safe: explore(model).verdict === 'holds', served, warns };
  });
}

export const reserve = defineExercise<Mark>({
  id: 'tt-5',
  title: 'Mark the fewest pages',
  minutes: 4,
  kind: 'own',
  hints: [
    'Which page of the block was served before anything was marked?',
    'The guess takes a marked page for not counted: no get, no put. Who needs that?',
    'All but the first: page => page > 0.',
  ],
  starter: () => false,
  solution: page => page > 0,
  check(mark) {
    const pages = touched(mark);
    const columns = ['page', 'marked', 'every order', 'touched', 'warns'];
    const rows = pages.map(p => [
      p.touch,
      p.marked ? 'yes' : 'no',
      p.safe ? 'holds' : 'violated',
      p.served ? 'served' : 'refused',
      p.warns ? 'yes' : 'no',
    ]);
    const trace = { columns, rows };
    const refused = pages.filter(p => !p.served || !p.safe).length;
    if (refused > 0)
      return { passed: false, idea: `Still refused on 6.1.192: ${refused} of ${pages.length} pages.`, trace };
    const needless = pages.filter(p => p.marked && touched(q => q !== p.touch && mark(q)).every(x => x.served));
    if (needless.length > 0)
      return {
        passed: false,
        idea: `All are served, but not every mark is needed: ${needless.length} too many.`,
        trace,
      };
    const warned = pages.filter(p => p.warns).length;
    return {
      passed: true,
      idea: `Every page is served, and ${warned} of them with a warning: the guess asks for the zone of a page that nobody holds.`,
      trace,
    };
  },
});

/** The count of this very struct page before the access. */
function ownCount(k: PageKind): number {
  if (PAGE_KINDS.includes(k)) return guestAccess({ release: '6.12', kind: k.name }).own[0] ?? 0;
  const page = k.pages[k.touch];
  return (page?.owner ?? 1) + (page?.mapped ?? 0);
}

/** What a release can see of a pfn: all but how it was found. */
function seen(k: PageKind) {
  const page = k.pages[k.touch];
  const b = page?.backing;
  return {
    'struct page': b?.pfn_valid === true,
    PG_reserved: b?.PageReserved === true,
    'zero page': b?.is_zero_pfn === true,
    ZONE_DEVICE: b?.is_zone_device_page === true,
    'own count above 0': ownCount(k) > 0,
    'a tail': page?.head !== undefined,
  };
}

/** PageAnon() would tell some twins apart, so the proof is one page that is found both ways. */
const TWINS_IDEA =
  'KVM’s release looks at nothing that tells these two apart, and only one was got. More flags would not help: PageAnon() or page_mapped() ' +
  'tells some pairs apart, but gup may find a driver’s page that vm_insert_page() mapped, and a walk finds the same page where ' +
  'remap_pfn_range() mapped it. So no rule on the pfn can be right. Carry the page beside it.';

export const twins = defineExercise<readonly [string, string]>({
  id: 'tt-6',
  title: 'Name two pages that a release cannot tell apart',
  minutes: 4,
  kind: 'own',
  hints: [
    'Which pages does gup find, with a reference, and which does a walk find, under this proposal without one?',
    'Look for one of each that have everything else in common: a struct page, a count, no mark.',
    "['driver’s page by vm_insert_page', 'TTM head']: the same driver's page may be reached in both ways.",
  ],
  starter: ['TTM tail', 'zero page'],
  solution: ['driver’s page by vm_insert_page', 'TTM head'],
  check(answer) {
    // A keyboard has a straight apostrophe; the names are printed with a round one.
    const names = answer.map(name => (typeof name === 'string' ? name.replaceAll("'", '’') : name));
    const strange = strangeNames(
      names,
      CONTRACT_KINDS.map(k => k.name),
      'kind of page',
    );
    if (strange !== undefined) return strange;
    const kinds = names.map(n => CONTRACT_KINDS.find(k => k.name === n));
    const [a, b] = kinds;
    if (a === undefined || b === undefined)
      return {
        passed: false,
        idea: 'Name two kinds of page; they are below.',
        trace: { columns: ['kind of page', 'found by'], rows: CONTRACT_KINDS.map(k => [k.name, k.found_by]) },
      };
    const [x, y] = [seen(a), seen(b)];
    const facts = Object.keys(x) as (keyof typeof x)[];
    const trace = {
      columns: ['what a release can see', a.name, b.name],
      rows: [
        ...facts.map(f => [f, x[f] ? 'yes' : 'no', y[f] ? 'yes' : 'no']),
        [
          'and what it cannot: a reference was taken',
          a.found_by === 'gup' ? 'yes' : 'no',
          b.found_by === 'gup' ? 'yes' : 'no',
        ],
      ],
    };
    if (a.found_by === b.found_by)
      return {
        passed: false,
        idea: `These two want the same answer: ${a.found_by === 'gup' ? 'both were got' : 'neither was got'}.`,
        trace,
      };
    const different = facts.filter(f => x[f] !== y[f]);
    return different.length > 0
      ? { passed: false, idea: `A release can tell them apart: by ${different.join(', ')}.`, trace }
      : {
          passed: true,
          idea: TWINS_IDEA,
          trace,
        };
  },
});
