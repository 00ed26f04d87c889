/** Predictions of notebook 01: asked before the figure, answered by the model. */
import type { Prediction } from '../../desk/lesson.js';

export const zoneDevicePredictions: readonly Prediction[] = [
  {
    id: 'zd-count',
    question:
      'An idle device page counts 1. The guest faults on it twice, and the host zaps in between. What is the count then?',
    options: [1, 2, 3, 4],
    lesson: 'Each fault takes one, and neither gives it back. The zap in between takes no part.',
  },
  {
    id: 'zd-step',
    question: 'Which step of the fault should have given the page back?',
    options: ['put_dev_pagemap', 'mmu_set_spte', 'kvm_release_pfn_clean'],
    lesson: 'put_dev_pagemap gives back the device; an SPTE holds nothing; the release is the put of the pair.',
  },
  {
    id: 'zd-fixed',
    question: 'The same guest and the same unbind on 5.4: what does percpu_ref say at the end?',
    options: [0, 1, 2],
    lesson: 'Every get is put, so each page comes down to 0 and lets go.',
  },
  {
    id: 'zd-marks',
    question: 'In how many of these five releases does KVM mark the struct page of a devdax page dirty?',
    options: [0, 1, 3, 5],
    lesson: 'None: first since it was reserved, then by name, then since it carries PG_reserved.',
  },
  {
    id: 'zd-taken',
    question: 'The search on 5.4: how many states has the model with two pages and one vCPU?',
    options: [12, 124, 1240, 12400],
    lesson: 'Fewer than one would think: references come back, so the same states come again.',
  },
  {
    id: 'zd-longest',
    question: 'Which kind of page leaked longest?',
    options: ['anon', 'zero', 'devdax', 'pfnmap'],
    lesson: 'The zero page, until 5.6. Nobody waits for it: it was seen when its counter overflowed.',
  },
  {
    id: 'zd-hang',
    question:
      'Asked on 5.3: once the device is dying, does the unbind get done, whatever the order, if every task that can run gets to run?',
    options: ['always', 'never', 'not always'],
    lesson: 'Without a fault before it the unbind ends; one leaked page is enough for it to sleep for ever.',
  },
  {
    id: 'zd-stairs',
    question:
      'Ten faults, one after the other, on pages 0 0 1 0 2 2 3 1 0 4. Era B: how many references would keep the device?',
    options: [0, 4, 5, 10],
    lesson: 'A new page adds one, an old page adds none: B counts distinct pages.',
  },
  {
    id: 'zd-under',
    question: 'KVM always puts. Which kind of memory loses a reference that KVM never took?',
    options: ['anon', 'reserved', 'devdax', 'fsdax'],
    lesson: 'Reserved RAM: nobody took one, so the put takes somebody else’s.',
  },
  {
    id: 'zd-days',
    question: 'From the report to the acked fix: how many days?',
    options: [3, 12, 53, 210],
    lesson: 'Most of them passed before anybody saw which pair did not match.',
  },
  {
    id: 'zd-device',
    question:
      'Three references leaked, on two of four pages. After the teardown has put what it can: what still holds the device?',
    options: [0, 1, 2, 3],
    lesson: 'Since 4.12 a page holds its device once, however often it is held itself.',
  },
  {
    id: 'zd-leaks',
    question: 'How many of the seven kinds of backing leak on 5.3?',
    options: [0, 1, 2, 3, 7],
    lesson: 'Those that are PG_reserved and counted by gup all the same: the zero page too.',
  },
  {
    id: 'zd-early',
    question: 'Put the page right after gup: what breaks?',
    options: ['nothing', 'the fault', 'kvm_vcpu_map', 'both'],
    lesson: 'A fault has the notifier; a kernel address has only the reference.',
  },
  {
    id: 'zd-eras',
    question: '64 pages, 10 leaks each. What holds the device at the end, in eras A, B, C?',
    options: ['640, 640, 640', '640, 64, 64', '640, 64, 0', '64, 64, 0'],
    lesson: 'A counts references, B counts pages, C does not look.',
  },
  {
    id: 'zd-today',
    question: 'A devdax page is held while its device is unbound, on 6.1. What does the unbind do?',
    options: ['sleeps', 'returns', 'fails with EBUSY'],
    lesson: 'Since 5.18 nobody looks at the count; the reference is left without its page.',
  },
  {
    id: 'zd-search',
    question: 'Who takes part in the shortest way into the leak?',
    options: ['vcpu[0]', 'unbind', 'vcpu[0] and unbind'],
    lesson: 'One fault is enough, and no race is needed. The unbind only finds out.',
  },
  {
    id: 'zd-shift',
    question: 'The reference is moved from page t to head h. Which page is let go for a moment?',
    options: ['neither', 't', 'h'],
    lesson: 'A THP has one counter for both; device pages had one each.',
  },
];
