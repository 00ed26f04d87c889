/** Predictions of notebook 01: asked before the figure, answered by the model. */
import type { Prediction } from '../../desk/lesson.js';

export const zoneDevicePredictions: readonly Prediction[] = [
  {
    id: 'zd-count',
    question:
      'An idle device page counts 1. The guest faults on it twice, and the host invalidates in between. What is the count then?',
    options: [1, 2, 3, 4],
    lesson: 'Each fault takes one reference, and neither gives it back. The invalidation in between changes no count.',
    replies: {
      1: 'The invalidation removes the SPTE. What gup took for the fault is another matter.',
      2: 'One fault adds one, and there were two: the invalidation between them gives nothing back.',
      4: 'Each fault takes one reference of the page. The device reference that gup takes, too, is another counter.',
    },
  },
  {
    id: 'zd-marks',
    question: 'In how many of these five releases does KVM mark the struct page of a devdax page dirty?',
    options: [0, 1, 3, 5],
    lesson:
      'In none of them. At first the rule skipped every reserved page, then it named device pages, and later it asked for PG_reserved again.',
    replies: {
      1: 'You may have thought of 5.4, where a device page is no longer reserved for get and put. Marking asks a second question there.',
      3: 'When the fix made device pages “not reserved” for get and put, it also excluded them from marking by name.',
      5: 'Then KVM would write to the page flags of a device. The rule of 5.3 already skipped every reserved page.',
    },
  },
  {
    id: 'zd-hang',
    question: '5.3, and every task that can run gets to run. Once begun, does the unbind finish?',
    options: ['always', 'never', 'not always'],
    lesson: 'It ends only where no fault came before it: one leaked page is enough to make it sleep for ever.',
    replies: {
      always: 'Look at a run with a fault before the unbind: no task can move any more, and the device is still dying.',
      never: 'Nothing forces the guest to touch the device, and without a fault nothing is leaked.',
    },
  },
  {
    id: 'zd-under',
    question: 'KVM always puts. Which kind of memory loses a reference that KVM never took?',
    options: ['anon', 'reserved', 'devdax', 'fsdax'],
    lesson: 'Nobody took a reference to reserved RAM, so the put takes away somebody else’s.',
    replies: {
      anon: 'gup took a reference here, so the put has its get.',
      devdax: 'gup takes a reference to a device page, so always putting is right for it.',
      fsdax: 'gup takes a reference here as well. Ask where KVM finds the page without gup.',
    },
  },
  {
    id: 'zd-device',
    question:
      'Three references leaked, on two of four pages. After the teardown has put what it can, what is pgmap.ref?',
    options: [0, 1, 2, 3],
    lesson: 'Since 4.12 a page holds its device once, however often it is held itself.',
    replies: {
      0: 'Then the unbind would be done. But two of the pages still count more than 0 after their base was put.',
      1: 'That would be one page. The guest touched two.',
      3: 'That would be right before 4.12, when each reference to a page was one to its device as well.',
    },
  },
  {
    id: 'zd-leaks',
    question:
      'Ordinary RAM, reserved RAM, the shared zero page, /dev/dax, a file on DAX, MMIO, a GPU driver’s page: how many of these seven kinds leak on 5.3?',
    options: [0, 1, 2, 3, 7],
    lesson:
      'They are PG_reserved, so the release puts nothing, but gup has taken a reference: the zero page, and both kinds of device page.',
    replies: {
      0: 'You have seen /dev/dax leak. Which other kinds are reserved, and still found by gup?',
      1: '/dev/dax is one. A file on a DAX file system has the same kind of page, and there is a third.',
      2: 'These are the two kinds of device page. One more kind is reserved, and gup takes a reference to it, too.',
      7: 'For ordinary memory the guess is right, and for MMIO nothing is taken.',
    },
  },
  {
    id: 'zd-early',
    question: 'Put the page right after gup: what breaks?',
    options: ['nothing', 'the fault', 'kvm_vcpu_map', 'both'],
    lesson: 'A fault is protected by the notifier. A kernel address has only the reference.',
    replies: {
      nothing: 'Somebody may keep a kernel address of the page after the reference is gone.',
      'the fault': 'The fault loses its reference early, but an invalidation makes it retry or zaps its SPTE.',
      both: 'A fault does not need the reference: the notifier protects it. Look for a user that gets no notifier call.',
    },
  },
  {
    id: 'zd-eras',
    question: '64 pages, 10 leaks each. What holds the device at the end, in eras A, B, C?',
    options: ['640, 640, 640', '640, 64, 64', '640, 64, 0', '64, 64, 0'],
    lesson: 'Era A counts references, era B counts pages, and in era C the unbind does not look.',
    replies: {
      '640, 640, 640': 'That holds only in era A, where each get also takes a reference to the device.',
      '640, 64, 64': 'In B a page holds its device once, so 64 is right. In C the unbind does not read the counts.',
      '64, 64, 0': 'In era A each reference to a page is a reference to the device as well: ten for each page.',
    },
  },
  {
    id: 'zd-shift',
    question: 'The reference is moved from page t to head h. Which page is let go for a moment?',
    options: ['neither', 't', 'h'],
    lesson: 'KVM puts t before it gets h. In a THP both count on the head; device pages have a counter each.',
    replies: {
      neither:
        'So it is in a THP, where nothing shows: the put and the get are of one counter. These are device pages.',
      h: 'h gets a reference. The page that loses one, before the SPTE is set, is the other.',
    },
  },
];
