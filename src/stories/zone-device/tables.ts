/** KVM's guess as tables: what each kind of memory gets, in each release, and with each fix that was not merged. */
import type { Run } from '../../kit/index.js';
import {
  BACKINGS,
  type BackingName,
  backing,
  balanceOf,
  heldPage,
  kvmRules,
  marksPage,
  release,
  releasePuts,
  takesReference,
  WRONG_FIXES,
  type WrongFix,
} from '../../linux/index.js';
import type { Figure } from '../../views/index.js';
import { releaseMatrix, truthTable } from '../../views/index.js';
import { zoneDeviceLeak } from './model.js';
import { guestTouches } from './teardown.js';

const rulesOf = (tag: string, fix?: WrongFix) => kvmRules(release(tag), fix);

/** What a row is, in these tables. */
const KIND = 'kind of memory';

const toned = (text: string) => ({ text, tone: text === 'balanced' ? 'good' : 'bad' }) as const;

/** The kinds of memory of which a fault leaves a reference behind. */
export function leakingKinds(tag: string): readonly string[] {
  return BACKINGS.filter(kind => balanceOf(rulesOf(tag), backing(kind)) === 'leak');
}

/** The kinds of memory of which a fault gives back more than it took. */
export function underflows(tag: string, fix: WrongFix): readonly string[] {
  return BACKINGS.filter(kind => balanceOf(rulesOf(tag, fix), backing(kind)) === 'underflow');
}

/** One fault on each kind of memory: what is taken, what the release puts, and what that leaves. */
export function guessTable(tag: string): Figure {
  const rules = rulesOf(tag);
  const answers = {
    'PG_reserved?': (kind: string) => (backing(kind).pfn_valid ? backing(kind).PageReserved : '–'),
    'a reference is taken': (kind: string) => takesReference(rules, heldPage(backing(kind))),
    // KVM wrote down what gup took from 6.13 on only.
    'the release puts one': (kind: string) =>
      releasePuts(rules, heldPage(backing(kind)), () => takesReference(rules, heldPage(backing(kind)))),
    'so it is': (kind: string) => toned(balanceOf(rules, backing(kind))),
  };
  const rows = new Map<string, string>(BACKINGS.map(kind => [`${kind}: ${backing(kind).what}`, kind]));
  const cell = (row: string, ask: string) => answers[ask as keyof typeof answers](rows.get(row) ?? row);
  return truthTable({
    title: `${tag}: taken, and put`,
    rows: [...rows.keys()],
    columns: Object.keys(answers),
    cell,
    rowTitle: KIND,
  });
}

/** One fault on a page of that kind, nobody else moving. */
function oneFault(kind: string, tag: string): Run {
  return zoneDeviceLeak({ release: tag, backing: kind as BackingName, pages: 1, host: 'nothing' }).run([
    guestTouches(0),
  ]);
}

/** One fault on each kind of memory in each of these releases: balanced, a leak, or an underflow. */
export function leakMatrix(releases: readonly string[]): Figure {
  const cell = (kind: string, tag: string) => {
    const said = toned(balanceOf(rulesOf(tag), backing(kind)));
    return backing(kind).found_by === 'gup' ? { ...said, run: () => oneFault(kind, tag) } : said;
  };
  return releaseMatrix({ title: 'One fault: balanced, or a leak?', kinds: BACKINGS, releases, cell });
}

/** One fault on each kind of memory, with each fix that was not merged. */
export function wrongFixTable(tag: string): Figure {
  const cell = (kind: string, fix: string) => toned(balanceOf(rulesOf(tag, fix as WrongFix), backing(kind)));
  const rows = [...BACKINGS, 'devdax-pfnmap'];
  const title = `${tag} as it is (none), and with each wrong fix`;
  return truthTable({ title, rows, columns: WRONG_FIXES, cell, rowTitle: KIND });
}

/** Whose struct page kvm_set_pfn_dirty() marks. */
export function marksTable(releases: readonly string[]): Figure {
  const cell = (kind: string, tag: string) => marksPage(rulesOf(tag), heldPage(backing(kind)));
  const title = 'Whose struct page does kvm_set_pfn_dirty() mark?';
  return truthTable({ title, rows: BACKINGS, columns: releases, cell, rowTitle: KIND });
}
