/** The bets of notebook 03. */

import type { Prediction } from '../../desk/lesson.js';
import { PIN_KINDS } from '../../linux/index.js';

export const zeroPfnPredictions: readonly Prediction[] = [
  {
    id: 'zp-end',
    question: 'The ioctl does not come back. After a minute, what is in the kernel log?',
    options: ['a BUG or a WARNING', 'a soft lockup', 'a hung task', 'nothing'],
    lesson: 'One call of gup goes round for ever. It runs, it yields at every page, and no count is wrong.',
    replies: {
      'a BUG or a WARNING': 'Every pass gives back what it took, so no check finds anything wrong.',
      'a soft lockup':
        'That needs a CPU on which nobody else gets a turn. gup calls cond_resched() at every page *(read)*.',
      'a hung task': 'A hung task sleeps. This one never sleeps: it is the thread that is busy.',
    },
  },
  {
    id: 'zp-peak',
    question: 'How high does the count of the zero page get?',
    options: [2, 33, 1025, 32769],
    lesson: 'One counter stands behind all 32 entries, and each of the 32 pins adds 1024 to it.',
    replies: {
      2: 'That would be one plain reference. This is a pin, and there are 32 of them on the same page.',
      33: 'That is 32 plain references. A pin adds 1024.',
      1025: 'That is one pin. Each of the 32 entries is pinned, and one page is behind them all.',
    },
  },
  {
    id: 'zp-fair',
    question: 'Strong fairness: which of the two lassos does it rule out?',
    options: ['the zero page’s', 'the isolated page’s', 'both', 'neither'],
    lesson: 'Fairness helps only a task that waits for another. With the zero page nobody is waited for.',
    replies: {
      'the zero page’s': 'Look for another task in its cycle: there is none whose turn could change anything.',
      both: 'The isolated page comes back when its holder gets a turn. Nobody’s turn puts the zero page on a list.',
      neither: 'The page’s holder can always run, so it runs in the end and puts the page back; then it is migrated.',
    },
  },
  {
    id: 'zp-inputs',
    question: 'For which pages do versions B and C answer differently?',
    options: ['none', 'some zero pages', 'movable pages', 'CMA pages'],
    lesson:
      'They differ only where the page is the zero page, outside CMA and isolated blocks. A test without a zero page sees nothing.',
    replies: {
      none: 'Look at the rows of the zero page: C says yes there, and B says no.',
      'movable pages': 'A movable page that is not the zero page is refused by both.',
      'CMA pages': 'In CMA and isolated blocks both have already returned false, also for a zero page.',
    },
  },
  {
    id: 'zp-windows',
    question: `On 7.2, how many of these ${PIN_KINDS.length} kinds are refused, cannot be isolated, and get no error either?`,
    options: [0, 1, 2, 3],
    lesson: 'Kind X: the predicate was corrected for the zero page only, and the loop was left as it is.',
    replies: {
      0: 'The zero page is accepted again. But look for a page that is movable by its block, and on no LRU list.',
      2: 'Kind V cannot be isolated either, but trying to migrate it ends in an error, so the call ends.',
      3: 'Kinds P and V end in an error, and I and H come back to their list. Only one kind is left.',
    },
  },
  {
    id: 'zp-kill',
    question: 'Which release has a loop that SIGKILL does not end?',
    options: ['5.10.262', '5.19-rc2', '7.2'],
    lesson: 'The goto loop of 5.10.y scans again without a way back to gup, where signals are looked at.',
    replies: {
      '5.19-rc2': 'Each pass goes back to __get_user_pages(), which looks for a fatal signal at every page.',
      7.2: 'Today’s loop goes back to __get_user_pages() as well, and that looks for a fatal signal at every page.',
    },
  },
  {
    id: 'zp-triangle',
    question: 'Somebody else has a page isolated for 5 passes. How many passes does RETRY take?',
    options: ['5 passes', '6 passes', '7 passes', 'never ends'],
    lesson: 'Five passes achieve nothing, one isolates and migrates the page, and one finds that all may stay.',
    replies: {
      '5 passes': 'In these five the page could not be isolated. It still has to be migrated.',
      '6 passes': 'The sixth pass isolates and migrates the page, and drops all pins. They have to be taken again.',
      'never ends': 'This page comes back to its LRU list. The zero page never does.',
    },
  },
  {
    id: 'zp-mix',
    question: 'One zero PTE and 31 movable pages: the first pass migrates 31. How many passes are there in all?',
    options: ['2 passes', '3 passes', 'never ends'],
    lesson: 'It made progress once. That does not prove that it goes on.',
    replies: {
      '2 passes': 'That is so for 32 movable pages. The second pass here still refuses one entry.',
      '3 passes': 'The third pass is the same as the second: one page is refused, and nothing can be isolated.',
    },
  },
  {
    id: 'zp-measure',
    question: 'How high does that measure start for 32 zero PTEs?',
    options: [1, 16, 32],
    lesson: 'There are 32 entries and one page, and it stays at that, however long you look.',
    replies: {
      16: 'The entries do not alternate here: all 32 have the zero page behind them.',
      32: 'That is the number of entries. The measure counts different pages.',
    },
  },
  {
    id: 'zp-price',
    question:
      'RETRY_N gives up in the n-th pass in a row that isolates nothing. With n = 4: what is the longest T that it survives?',
    options: [2, 3, 4, 5],
    lesson: 'It gives up in pass n, so T has to be shorter than n. A page that never comes back costs n passes.',
    replies: {
      2: 'After 2 passes the third isolates the page. There is room for one more.',
      4: 'The fourth pass in a row that isolates nothing is the one in which it gives up.',
      5: 'It has given up before the fifth pass.',
    },
  },
  {
    id: 'zp-ram',
    question: 'Guest RAM is untouched, too. How many passes does its long-term pin take on 5.19-rc2?',
    options: ['1 pass', '2 passes', 'never ends'],
    lesson: 'It is pinned for writing, so the fault allocates a page, and under PF_MEMALLOC_PIN that page may stay.',
    replies: {
      '2 passes':
        'That would be a movable page that is migrated first. Under PF_MEMALLOC_PIN the new page is not movable.',
      'never ends': 'A write fault never maps the zero page.',
    },
  },
  {
    id: 'zp-stale',
    question: 'Then QEMU writes there. What does the device read on 5.19?',
    options: ['what QEMU wrote', 'zeros'],
    lesson: 'The write gives QEMU a new page. The IOMMU still points at the zero page.',
    replies: { 'what QEMU wrote': 'A pin keeps the page, not the mapping: QEMU’s write went to another page.' },
  },
  {
    id: 'zp-contrast',
    question: '6.1.130 and the same trigger: what does the ioctl return?',
    options: ['32 pages', '-EINVAL', '-ENOMEM', 'it never returns'],
    lesson:
      'The 0 that means success upstream is false in 6.1, and false is failure. gup itself fails, and the loop is left.',
    replies: {
      '32 pages': 'The predicate of 6.1 would let it. But a step before that says that the page could not be taken.',
      '-EINVAL': 'No argument was found wrong. gup says that it could not take a reference.',
      'it never returns': 'The loop is left as soon as gup itself returns an error.',
    },
  },
  {
    id: 'zp-leak',
    question: '5.19, with the fix: pc.rom is mapped and unmapped again. What does the zero page count?',
    options: [1, 33, 1025, 32769],
    lesson: 'vfio takes a reserved pfn for one that it does not own, and so does not unpin it.',
    replies: {
      1: 'That is so from 6.0-rc5 on. Here put_pfn() skips every one of the 32 entries.',
      33: 'A pin that stays adds 1024, not 1.',
      1025: 'All 32 pins are skipped, not only one.',
    },
  },
  {
    id: 'zp-gap',
    question:
      'Pins acquired and pins released in /proc/vmstat, read in 8 passes while the pins are held: what is their difference?',
    options: ['stays 0', 'stays 32', 'grows by 32 a pass'],
    lesson: 'Two parallel lines that rise.',
    replies: {
      'stays 0': 'It is read while the pins of this pass are held.',
      'grows by 32 a pass': 'That would be a leak. Each pass gives back what it took.',
    },
  },
];
