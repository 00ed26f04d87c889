/** The versions of the series side by side: every cell is a run or a search of series-designs. */

import { search as explore, run } from '../../kit/index.js';
import { SERIES_DESIGNS } from '../../linux/kvm/series-designs.js';
import { ModelError, type Trace, valueAt } from '../../model/index.js';
import { SERIES_PAGES, type SeriesPage, seriesFault } from './series-designs.js';

/** What is asked of each version. */
export const SERIES_QUESTIONS = [
  'held at the install',
  'walk, counted',
  'walk, count 0',
  'bit in the SPTE',
  'puts',
  'marks',
  'kvm_vcpu_map, no count',
] as const;

export interface SeriesCell {
  readonly text: string;
  readonly tone: 'good' | 'warn' | 'bad' | 'plain';
  /** The fault that it tells of, or the shortest run into what is wrong. */
  readonly run?: Trace;
}

/** The answer of one version. Errors: an unknown version or question. */
export function seriesCell(version: string, question: string): SeriesCell {
  const played = (page: SeriesPage) => oneFault(version, page);
  switch (question) {
    case 'held at the install': {
      const t = played('page of gup');
      const install = t.steps.findIndex(s => s.step === 'kvm_tdp_mmu_map');
      const held = Number(valueAt(t, 'page._refcount<-gup', install - 1));
      return { text: held > 0 ? 'yes' : 'no', tone: 'plain', run: t };
    }
    case 'walk, counted': {
      const run = played('walk, counted');
      const all = counts(run);
      // Nobody else moves: what is more at the end than at the start is a get that nobody puts.
      const leaks = (all.at(-1) ?? 0) > (all[0] ?? 0);
      return { text: `${all.join(', ')}${leaks ? ': a leak' : ''}`, tone: leaks ? 'bad' : 'plain', run };
    }
    case 'walk, count 0': {
      const run = played('walk, count 0');
      const served = valueAt(run, 'spte.present') === true;
      return served ? { text: 'served', tone: 'good', run } : { text: 'refused', tone: 'warn', run };
    }
    case 'bit in the SPTE': {
      const run = played('page of gup');
      return { text: valueAt(run, 'spte.refcounted') === true ? 'yes' : 'no', tone: 'plain', run };
    }
    case 'puts': {
      const many = broken(version, 'accounting');
      if (many !== null) return { text: 'one too many', tone: 'bad', ...many };
      const leak = broken(version, 'each get has one put');
      if (leak !== null) return { text: 'never: a leak', tone: 'bad', ...leak };
      return { text: 'one for each get', tone: 'good', run: played('page of gup') };
    }
    case 'marks': {
      const gone = broken(version, 'KVM marks no page that is gone');
      if (gone !== null) return { text: 'may be gone', tone: 'bad', ...gone };
      const none = broken(version, 'KVM marks no page that counts 0');
      if (none !== null) return { text: 'may count 0', tone: 'warn', ...none };
      return { text: 'what is there', tone: 'good' };
    }
    case 'kvm_vcpu_map, no count': {
      const used = broken(version, 'what KVM maps for itself stays', true);
      if (used !== null) return { text: 'stale mapping', tone: 'bad', ...used };
      return UNCOUNTED.some(page => mapsForItself(version, page))
        ? { text: 'used', tone: 'warn' }
        : { text: 'refused', tone: 'good' };
    }
    default:
      throw new ModelError(`nothing is asked as '${question}'; expected one of ${SERIES_QUESTIONS.join('; ')}`);
  }
}

/** What a walk finds that nobody counts. */
const UNCOUNTED: readonly SeriesPage[] = ['walk, count 0', 'walk, no struct page'];

/** Does kvm_vcpu_map() ever give a pointer to such a page? */
function mapsForItself(version: string, page: SeriesPage): boolean {
  const { coverage } = explore(seriesFault({ version, page, map: true }), { property: 'accounting' });
  return coverage.some(c => c.step === 'vcpu_enter_guest' && c.taken > 0);
}

/** The shortest run into it, on the first kind of page for which the version breaks the property; null where it breaks it for none. */
function broken(version: string, property: string, map = false): { readonly run?: Trace } | null {
  for (const page of SERIES_PAGES) {
    const { verdict, trace: run } = explore(seriesFault({ version, page, map }), { property });
    if (verdict === 'violated') return run === undefined ? {} : { run };
  }
  return null;
}

/** One fault, nobody else moving. */
function oneFault(version: string, page: SeriesPage): Trace {
  const model = seriesFault({ version, page });
  let t = run(model, ['vcpu']);
  while (!['kvm_faultin_pfn', 'done'].includes(t.steps.at(-1)?.next ?? '')) t = run(model, ['vcpu'], t);
  return t;
}

function counts(t: Trace): readonly number[] {
  const all = [-1, ...t.steps.keys()].map(i => Number(valueAt(t, 'page._refcount', i)));
  return all.filter((n, i) => i === 0 || n !== all[i - 1]);
}

/** Their names, in order: the rows of the table. */
export const SERIES_VERSIONS: readonly string[] = SERIES_DESIGNS.map(d => d.version);
