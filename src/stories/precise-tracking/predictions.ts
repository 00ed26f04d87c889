/** The bets of notebook 04. */
import type { Prediction } from '../../desk/lesson.js';

export const trackingPredictions: readonly Prediction[] = [
  {
    id: 'kh-kinds',
    question: 'For how many of the twelve kinds of page does 5.3 release wrongly?',
    options: [0, 1, 2, 3, 12],
    lesson: 'A TTM tail is freed; the zero page and device pages leak.',
    replies: {
      0: 'The guess looks at the page, not at what KVM did. A page that nobody counts is enough to break it.',
      1: 'A TTM tail is one. But the guess also forgets puts: gup takes two kinds of page that look uncounted.',
      2: 'The guess goes wrong in both directions: it puts where it should not, and it forgets to put.',
      12: 'For ordinary memory the guess is right: the page is counted, and a reference was taken.',
    },
  },
  {
    id: 'kh-612',
    question: '6.12 has every exception. What still goes wrong there, for some of the twelve kinds of page?',
    options: ['nothing', 'a leak', 'a page freed under its owner', 'an access refused'],
    lesson:
      'The guess is never wrong any more, since KVM refuses what it would get wrong. 6.13 serves these pages too.',
    replies: {
      nothing: 'Each get has its put. But a page whose count is 0 cannot be taken by hand, so its access fails.',
      'a leak': 'The kinds that leaked are exceptions by now: device pages since 5.4, the zero page since 5.6.',
      'a page freed under its owner':
        'Since 5.13 KVM takes a reference by hand only to a page whose count is not 0. So none comes back to 0.',
    },
  },
  {
    id: 'kh-v11',
    question:
      'v11 of the series fits 6.8-rc3. Now it is rebased to 6.8, and still compiles. What happens to an ordinary page?',
    options: ['nothing', 'a leak', 'a put too many'],
    lesson:
      'Between the two, another patch had added one more release. The conflict is one of meaning; a text need not show it.',
    replies: {
      nothing: '6.8 has one more exit from the fault, and that exit puts what v11 has put already.',
      'a leak': 'It is the other way round: v11 puts gup’s reference at once, and the new exit of 6.8 puts it again.',
    },
  },
  {
    id: 'kh-v9',
    question:
      'v9 drops FOLL_GET: gup’s reference is now the caller’s. Its last patch marks the page accessed where it was released before. Who puts?',
    options: ['the fault, after mmu_lock', 'the wrapper of gup, at once', 'nobody'],
    lesson:
      'Two versions of the change were folded into one patch. A reviewer asked about it, and the patch was posted again.',
    replies: {
      'the fault, after mmu_lock':
        'That is where the release was. This patch replaced it by a mark, which puts nothing.',
      'the wrapper of gup, at once': 'v11 does that. In v9 the wrapper leaves the reference to the caller.',
    },
  },
  {
    id: 'kh-cells',
    question: 'Drop the second gup and treat -EAGAIN as a signal: in how many of 510 cases does the result change?',
    options: [0, 24, 60, 84, 510],
    lesson: 'Most of them by the signal. Which are the others? That is exercise 5.',
    replies: {
      0: '-EAGAIN was an ordinary error before, and is a signal now: those cases change.',
      24: 'These are the cases that change because of the second gup. -EAGAIN changes others.',
      60: 'These are the cases that change because of -EAGAIN. The second gup accounts for others.',
      510: 'Where the first gup gave a page, a signal (-EINTR) or poison, nothing changes.',
    },
  },
  {
    id: 'kh-leak',
    question: 'check_user_page_hwpoison() calls gup with NULL for the pages, and puts nothing. Which references leak?',
    options: ['none', 'one a call', 'one a poisoned page'],
    lesson: 'Without an array for the pages gup does not set FOLL_GET, so there is no get that would need a put.',
    replies: {
      'one a call': 'gup takes a reference only if it is given an array in which to return the page.',
      'one a poisoned page': 'For a poisoned page gup returns an error, and no reference.',
    },
  },
  {
    id: 'kh-consistent',
    question:
      'Treat -EAGAIN as a signal in both, and let nothing change between the two gups: in how many cases does the result differ now?',
    options: [0, 1, 24, 60],
    lesson: 'In none: the check had been dead code since 2014.',
    replies: {
      1: 'If nothing changes, the second gup meets what the first one met. The first one reports poison by itself.',
      24: 'In these cases the second gup meets poison that the first did not. If nothing changes, that cannot happen.',
      60: 'These are the cases of -EAGAIN, and here both sides treat it as a signal.',
    },
  },
  {
    id: 'kh-gpc',
    question: 'If the cache with the wrong check also kept a reference to its page: what might its user write into?',
    options: ['the right page', 'a page that the guest no longer has', 'a freed page'],
    lesson: 'A reference keeps the page, not the mapping. With none, the page is freed as well.',
    replies: {
      'the right page': 'A reference keeps the page allocated. It does not keep the guest’s address on that page.',
      'a freed page':
        'The reference prevents this. What it does not prevent is that the guest gets another page there.',
    },
  },
];
