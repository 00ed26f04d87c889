/** The bets of notebook 03. */

import type { Prediction } from '../../desk/lesson.js';
import { PIN_KINDS, pinInputs } from '../../linux/index.js';

export const zeroPfnPredictions: readonly Prediction[] = [
  {
    id: 'zp-end',
    question: 'The ioctl does not come back. Who is it that begins again and again?',
    options: ['QEMU', 'vfio', 'gup, inside one call'],
    lesson: 'No crash, no warning, no errno: a task that runs, inside mm. The thread wondered about user space, too.',
  },
  {
    id: 'zp-peak',
    question: 'How high does the count of the zero page get?',
    options: [2, 33, 1025, 32769],
    lesson: 'One counter stands behind all 32 entries; a pin adds 1024.',
  },
  {
    id: 'zp-errors',
    question: 'isolation_error_count after one scan of 32 zero PTEs?',
    options: [0, 1, 16, 32],
    lesson: 'An entry that repeats the page before it is skipped: runs are counted, not pages.',
  },
  {
    id: 'zp-fair',
    question: 'Which fairness makes the loop end?',
    options: ['weak', 'strong', 'none of them'],
    lesson: 'Fairness helps those who wait for somebody. Here nobody is waited for.',
  },
  {
    id: 'zp-inputs',
    question: `Of ${pinInputs().length} kinds of input: for how many does version B answer otherwise than version C?`,
    options: [0, 2, 6, 13],
    lesson: 'Only where Z is true outside CMA and isolated blocks: a test without a zero page sees nothing.',
  },
  {
    id: 'zp-windows',
    question: `Today, 7.2: how many of these ${PIN_KINDS.length} kinds are refused, and yet cannot leave?`,
    options: [0, 1, 2, 3],
    lesson: 'Kind X: the predicate was mended for the zero page only, and the loop was left as it is.',
  },
  {
    id: 'zp-mix',
    question: 'One zero PTE and 31 movable pages: the first pass migrates 31. How many passes in all?',
    options: ['2 passes', '3 passes', 'never ends'],
    lesson: 'It made progress once; that is no proof that it goes on.',
  },
  {
    id: 'zp-measure',
    question: 'How high does that measure start for 32 zero PTEs?',
    options: [1, 16, 32],
    lesson: '32 entries, one page: and it stays there, however long one looks.',
  },
  {
    id: 'zp-fall',
    question: 'In how many steps does the count fall from its peak, in 5.19-rc2 and in 6.0-rc1?',
    options: ['1 and 1', '1 and 32', '32 and 32'],
    lesson: '5.19 subtracts once for a run of equal folios; 6.0 goes page by page.',
  },
  {
    id: 'zp-ram',
    question: 'Guest RAM is untouched, too. How many passes does its long-term pin take on 5.19-rc2?',
    options: ['1 pass', '2 passes', 'never ends'],
    lesson: 'It is pinned for writing: the fault allocates a page, and under PF_MEMALLOC_PIN a pinnable one.',
  },
  {
    id: 'zp-kill',
    question: 'Which release has a loop that SIGKILL does not end?',
    options: ['5.10.262', '5.19-rc2', '7.2'],
    lesson: 'The goto loop rescans without going back to gup, where signals are looked at.',
  },
  {
    id: 'zp-triangle',
    question: 'Somebody else has a page isolated for 5 passes. How many passes does RETRY take?',
    options: ['5 passes', '6 passes', '7 passes', 'never ends'],
    lesson: 'Five in vain, one that isolates and migrates, one that verifies.',
  },
  {
    id: 'zp-price',
    question:
      'RETRY_N gives up in the n-th pass in a row that isolates nothing. With n = 4: the longest T that it survives?',
    options: [2, 3, 4, 5],
    lesson: 'It gives up in pass n, so T has to be shorter than n; and a page that never comes costs n passes.',
  },
  {
    id: 'zp-corners',
    question:
      'A driver’s CMA page, kind X, in the nine releases of the next figure: in how many does its pin never end?',
    options: [0, 2, 7, 9],
    lesson: 'In the other two it ends by ACCEPT: pinned for long in memory that was promised to stay free.',
  },
  {
    id: 'zp-gap',
    question:
      'Pins acquired and pins released in /proc/vmstat, read in 8 passes while the pins are held. Their difference?',
    options: ['stays 0', 'stays 32', 'grows by 32 a pass'],
    lesson:
      'Two parallel lines that rise, and no migration: that is the signature, until 6.5 stopped counting zero pages.',
  },
  {
    id: 'zp-contrast',
    question: '6.1.130 and the same trigger: what does the ioctl return?',
    options: ['32 pages', '-EINVAL', '-ENOMEM', 'it never returns'],
    lesson: 'A false that meant success upstream means failure in 6.1: gup itself fails, and the loop is left.',
  },
  {
    id: 'zp-leak',
    question: '5.19, mended: pc.rom is mapped and unmapped again. What does the zero page count?',
    options: [1, 33, 1025, 32769],
    lesson: 'vfio takes a reserved pfn for one that it does not own, and does not unpin it.',
  },
  {
    id: 'zp-stale',
    question: 'Then the guest writes there. What does the device read on 5.19?',
    options: ['what the guest wrote', 'zeros'],
    lesson: 'The write gives the guest a new page; the IOMMU still points at the zero page.',
  },
];
