/** Twelve questions over all notebooks. The answer to each is computed when it is asked for; none is written down. */
import { run, search } from '../../kit/index.js';
import { badPageSplat } from '../bad-page-splat/index.js';
import { guestAccess, trackedReference } from '../precise-tracking/index.js';
import { anonPage } from '../start-here/index.js';
import { placementRun } from '../ttm-tail-pages/index.js';
import { pinRun } from '../zero-pfn/index.js';
import { guestTouches, zoneDeviceLeak } from '../zone-device/index.js';
import { contractCell } from './cell.js';
import { historicRule } from './history.js';
import { CONTRACT_KINDS } from './page-kinds.js';

export type TwelveLetter = 'a' | 'b' | 'c' | 'd' | 'e' | 'f' | 'g' | 'h' | 'i' | 'j' | 'k' | 'l';

export interface Twelve {
  readonly letter: TwelveLetter;
  /** Where it was told: `01`. */
  readonly notebook: string;
  readonly question: string;
  readonly answer: () => number | string;
}

const LONGTERM = { release: '5.19-rc2', kinds: 'Z' } as const;

export const TWELVE: readonly Twelve[] = [
  {
    letter: 'a',
    notebook: '00',
    question: 'An anonymous page was written once and waits in an LRU batch. Its count?',
    answer: () => run(anonPage(), ['task']).count('page._refcount'),
  },
  {
    letter: 'b',
    notebook: '00',
    question: 'The same page, the batch drained, and pinned once. Its count?',
    answer: () =>
      run(anonPage(['do_anonymous_page', 'lru_add_drain_all', 'pin_user_pages']), ['task to done']).count(
        'page._refcount',
      ),
  },
  {
    letter: 'c',
    notebook: '01',
    question: '5.3: a guest touches one page of a device once. Its count when the fault is over?',
    answer: () => run(zoneDeviceLeak({ release: '5.3', pages: 1 }), [guestTouches(0)]).count('page[0]._refcount'),
  },
  {
    letter: 'd',
    notebook: '01',
    question: 'And on 5.4?',
    answer: () => run(zoneDeviceLeak({ release: '5.4', pages: 1 }), [guestTouches(0)]).count('page[0]._refcount'),
  },
  {
    letter: 'e',
    notebook: '02',
    question: "5.12: a guest touches a tail of a TTM block in system RAM: 'served', '-EFAULT' or 'freed'?",
    answer: () => placementRun({ release: '5.12', placement: 'system' }).first,
  },
  {
    letter: 'f',
    notebook: '02',
    question: 'And on 6.1.192?',
    answer: () => placementRun({ release: '6.1.192', placement: 'system' }).first,
  },
  {
    letter: 'g',
    notebook: '03',
    question: "5.19-rc2: a long-term pin meets the zero page, read-only. It ends in 'nr_pages', an errno, or 'never'?",
    answer: () => pinRun(LONGTERM).result,
  },
  {
    letter: 'h',
    notebook: '03',
    question: 'What does the zero page count at the most, while that pin of one page runs?',
    answer: () => pinRun(LONGTERM).peak,
  },
  {
    letter: 'i',
    notebook: '04',
    question: '6.13: how much does a walk of a TTM head add to its count?',
    answer: () => {
      const { own } = guestAccess({ release: '6.13', kind: 'TTM head' });
      return Math.max(...own) - (own[0] ?? 0);
    },
  },
  {
    letter: 'j',
    notebook: '04',
    question: "v11 of the series on 6.8, an ordinary page: 'holds' or 'violated'?",
    answer: () => search(trackedReference({ release: '6.8', v11: true, kind: 'anonymous, order 0' })).verdict,
  },
  {
    letter: 'k',
    notebook: '05',
    question: 'v11 of the series on 6.9.12: a page was just faulted in, mapped, and waits in an LRU batch. Its count?',
    answer: () =>
      run(badPageSplat({ release: '6.9.12+v11', pages: 31 }), ['vcpu to kvm_finish_page_fault', 'vcpu']).count(
        'page[0]._refcount',
      ),
  },
  {
    letter: 'l',
    notebook: '06',
    question: 'How many of the 13 kinds of page does the rule of 5.6 get wrong, on the path of 5.10?',
    answer: () =>
      CONTRACT_KINDS.filter(k => contractCell(historicRule('5.6').contract, k.name, '5.10').verdict !== 'ok').length,
  },
];
