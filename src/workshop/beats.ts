/** What an instructor says and asks in each notebook. Written by hand; minutes, bets and exercises come from the lessons. */

export interface Beat {
  /** File name without its ending. */
  readonly notebook: string;
  /** Who gains most from it. */
  readonly for: string;
  /** To begin with, in your own words. */
  readonly say: string;
  /** What to have on the projector while you say it. */
  readonly show: string;
  /** To the room, before anybody runs the next cell. */
  readonly ask: readonly string[];
  /** If time is short: exercises by their number, “headings” as they stand in the part for the room. */
  readonly cut: string;
  /** What should be said aloud by somebody at the end. */
  readonly end: string;
}

export const BEATS: readonly Beat[] = [
  {
    notebook: '00-start-here',
    for: 'everybody; it also shows that each laptop works',
    say: 'A count is a number without names. All day we look for the name behind the 1 that is too many or too few.',
    show: 'the first score: one page, its holders as bands',
    ask: [
      'A page counts 1. Who could it be? (Collect five answers; all are right.)',
      'The reader forgets its put, and the search says “holds”. Why is the search not wrong?',
    ],
    cut: 'exercise 2, which people can take home',
    end: 'A missing put is not a wrong step. You have to ask for it as a property.',
  },
  {
    notebook: '01-zone-device-leak',
    for: 'people who work on KVM, VFIO, persistent memory or device memory',
    say: 'A pod is deleted, an unbind hangs, and nobody uses the device any more. So who holds it?',
    show: 'the score: the unbind asleep, and the band that nobody ends',
    ask: [
      'QEMU is gone. Can anything still give this reference back?',
      'KVM has a pfn. Which fact about its page would you check?',
    ],
    cut: 'exercise 3; “Is my kernel affected?”, which a shell can answer',
    end: 'KVM forgot what it took, and guessed from the page whether it owed a put.',
  },
  {
    notebook: '02-ttm-tail-pages',
    for: 'people who work on GPUs, on virtualisation, or on security: an attacker can use this bug',
    say: 'Nothing races here. Each line is right by itself: get a reference, put a reference.',
    show: 'the count of a tail: 0, 1, 0, and free under its owner',
    ask: [
      'The put gave back exactly what the get took. What is wrong with that?',
      'Who is the attacker: the guest, or the VMM?',
    ],
    cut: 'exercise 4; “Why not give each tail a count?”',
    end: 'A count of 0 can mean "not counted", and only the owner knows.',
  },
  {
    notebook: '03-zero-pfn-gup-loop',
    for: 'people who work on mm; it is the one about liveness',
    say: 'No counter is wrong and no lock is held too long. The call just does not come back.',
    show: 'the lasso: what repeats, and that nothing in it changes',
    ask: [
      'Each pass gives back what it took. How would you notice it on a live machine?',
      'Where would you put the bound, and what would you break with it?',
    ],
    cut: 'exercise 4, or the part about accept, retry and fail',
    end: 'Retrying is right only if somebody else can make progress meanwhile.',
  },
  {
    notebook: '04-knowing-what-you-hold',
    for: 'people who have done 01 or 02 and want to see the cure',
    say: 'There was one guess, and one exception to it after another. Then somebody deleted the question.',
    show: 'the matrix: which column has no red cell',
    ask: [
      'What would you have to carry, and from where to where, so that nobody has to guess?',
      'v11 was right on 6.8-rc3. What made it wrong?',
    ],
    cut: 'exercise 3; “A get by hand does not make the guess right”',
    end: 'What was taken is known where it is taken. Carry it.',
  },
  {
    notebook: '05-bad-page-state-splat',
    for: 'people who get bug reports',
    say: 'Here is a report as it came. You have two minutes: which line do you trust, and which not?',
    show: 'the annotated log',
    ask: ['Which function in this trace is guilty? (None.)', 'How many faults before the report was the extra put?'],
    cut: 'exercise 4; “Not every page dies in the same place”',
    end: 'The report names the victim, and the place of the last put. The wrong put came earlier.',
  },
  {
    notebook: '06-write-the-contract',
    for: 'the end of a day: it ties the five threads together',
    say: 'Now it is your turn: write the rule. The search tries it on every kind of page that we have.',
    show: 'the matrix of history, and one red cell’s run',
    ask: ['Which fact of the page would you add?', 'Why can no fact help?'],
    cut: 'exercise 3, which people can take home',
    end: 'No rule on the pfn can be right: two pages look alike, and only one is owed a put.',
  },
];
