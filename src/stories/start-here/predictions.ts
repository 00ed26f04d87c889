/** Predictions of notebook 00: asked before the figure, answered by the model. */
import type { Prediction } from '../../desk/lesson.js';

export const startHerePredictions: readonly Prediction[] = [
  {
    id: 'st-write',
    question: 'One write to fresh anonymous memory. What does the count of the new page say?',
    options: [0, 1, 2, 3],
    lesson:
      'A new page waits in a batch, a short list that each CPU has, until a drain moves it to its LRU list. Until then the batch holds it, too: the dotted block of row 1.',
    replies: {
      0: 'A page that counts 0 is free. This one is mapped, so at least the page table entry holds it.',
      1: 'The page table entry makes 1. A new page has one more holder.',
      3: 'The page table entry is one, and there is one more. The task itself holds nothing: it reaches the page through the mapping.',
    },
  },
  {
    id: 'st-pin',
    question: 'A page is mapped once, and in no batch. After how many plain gets does it look pinned?',
    options: [1, 512, 1023, 1024],
    lesson:
      'The mapping and 1023 gets make 1024, the weight of a pin. The kernel can live with a wrong yes, and a no is always right.',
    replies: {
      1: 'A plain get adds 1. That is far from the weight of a pin, or every page in use would look pinned.',
      512: 'That is the number of 4K pages in a huge page. The weight of a pin has nothing to do with it.',
      1024: 'That would be right for a page that nobody maps. This one counts 1 before the first get.',
    },
  },
  {
    id: 'st-over',
    question: 'The file holds one. A reader gets once and puts twice. What does the count say then?',
    options: [-1, 0, 1, 'an error'],
    lesson:
      'The kernel would free the page now, although the file still uses it. This small model only counts, so it draws no row for that. Such a free is not always silent: a page-cache page still has its mapping, and the check at free time reports it as a bad page (notebook 05). But it cannot say whose put was one too many.',
    replies: {
      '-1': 'Add it up: the file’s one, plus one, minus two.',
      1: 'That is the count after the first put. The second one takes away the file’s reference.',
      'an error':
        'put_page() only decrements a number, and 1 to 0 is an ordinary step. Only who keeps names sees that the reader held nothing.',
    },
  },
  {
    id: 'st-stack',
    question: 'The reader forgets its put, and truncate comes last. What does the count say in the end?',
    options: [0, 1, 2],
    lesson:
      'So the page is never freed. Row 2 shows where the put is missing. In row 3, the last, the file is gone, and the block of the reader is still there.',
    replies: {
      0: 'Two references were there, and only truncate put one.',
      2: 'The file’s reference is gone: truncate did put it.',
    },
  },
  {
    id: 'st-forgets',
    question: 'The search is given the reader that forgets its put, and no property. What does it say?',
    options: ['holds', 'violated'],
    lesson:
      'A count above 0 is an ordinary state. That somebody should have put by now must be written down as a property.',
    replies: {
      violated:
        'A score marks what a finished process still holds, but the search reports only what it is asked. Every step here does what it may do: what is missing is a step.',
    },
  },
  {
    id: 'st-kernel',
    question: 'A page of a huge page (THP) is pinned once. By how much does the count of its folio grow?',
    options: [1, 2, 512, 1024],
    answeredBy: 'the recorded kernel',
    lesson:
      'So a pin needs no weight here, and in the count it looks like a plain get. Before the pin the folio counts 1, not 2: a large folio does not wait in a batch.',
    replies: {
      2: 'One pin takes one reference of the folio. The second number that grows is its pincount.',
      512: 'Only one of its pages is pinned, and the folio has one count for all of them.',
      1024: 'That is the weight of a pin on a single page. A large folio counts its pins in a field of its own, its pincount.',
    },
  },
];
