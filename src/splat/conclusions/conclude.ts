/** The conclusion of a report and what to do next: what a reader wants to see first. */
import { lettersOf } from '../findings/kernel.js';
import type { Conclusion } from '../types.js';
import { dumpConclusion } from './dump.js';
import { cacheConclusion, mapConclusion } from './map.js';
import type { Draw, Reading } from './reading.js';
import { stateConclusion } from './state.js';

function draw(r: Reading): Draw {
  const f = r.fields;
  const own =
    f.kind === 'bad_page_map'
      ? mapConclusion(r)
      : f.kind === 'bad_page_cache'
        ? cacheConclusion(r)
        : f.kind === 'dump_page'
          ? dumpConclusion(r)
          : stateConclusion(r);
  return (
    own ?? {
      certainty: 'unknown',
      text: 'The lines that are left of this report do not tell what happened.',
      because: { reason: f.reason, refcount: f.refcount, mapcount: f.mapcount },
      next: ['Look for the whole report: journalctl -k, the serial console, or pstore after a crash.'],
    }
  );
}

/** Steps that do not depend on what happened. `samePageAt`: where the same page was reported before. */
function common(r: Reading, samePageAt: number | null): string[] {
  const f = r.fields;
  const steps: string[] = [];
  const taint = lettersOf(f.taint);
  if (taint.includes('B') && f.kind !== 'dump_page')
    steps.push(
      'Find the first report since boot (taint B says that there was one): it is the one to explain, this may only follow from it.',
    );
  else if (samePageAt !== null) steps.push(`Read the report at line ${samePageAt} first: it is about the same page.`);
  return steps;
}

function usual(r: Reading, next: readonly string[]): string[] {
  const f = r.fields;
  const steps: string[] = [];
  const told = next.join(' ');
  if (f.kind === 'bad_page_state') {
    if (f.pageOwner !== null)
      steps.push(
        `Read the page_owner lines of this report: ${f.pageOwner.slice(0, 120)}${f.pageOwner.length > 120 ? '…' : ''}`,
      );
    else if (!told.includes('page_owner'))
      steps.push(
        'Boot with page_owner=on (CONFIG_PAGE_OWNER=y): the report then prints who allocated the page last, and who freed it.',
      );
    if (!told.includes('KASAN'))
      steps.push('If it can be reproduced, do so with CONFIG_KASAN=y and CONFIG_DEBUG_VM=y.');
  }
  const foreign = lettersOf(f.taint).filter(l => l === 'O' || l === 'P');
  if (foreign.length > 0)
    steps.push(
      `Reproduce it without the modules from outside the tree (taint ${foreign.join(', ')}): they come first among the suspects.`,
    );
  return steps;
}

/** Conclusion first. Pure; never throws. */
export function conclude(r: Reading, samePageAt: number | null): Conclusion {
  const own = draw(r);
  return { ...own, next: [...common(r, samePageAt), ...own.next, ...usual(r, own.next)] };
}
