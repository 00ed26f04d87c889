/** Timetables, added up from the lessons' minutes. */
import { lessons } from '../stories/index.js';

export interface Slot {
  /** Minutes from the start. */
  readonly from: number;
  readonly minutes: number;
  readonly what: string;
}

export interface Plan {
  readonly title: string;
  readonly minutes: number;
  readonly slots: readonly Slot[];
}

/** A notebook by the two digits it begins with, or something else with its minutes. */
type Part = string | readonly [what: string, minutes: number];

const LEAST_DEBRIEF = 5;

/** The parts in order; what is left of the time is the debrief. Errors: an unknown notebook; less than five minutes are left. */
export function planOf(title: string, minutes: number, parts: readonly Part[]): Plan {
  const slots: Slot[] = [];
  let from = 0;
  for (const part of parts) {
    const [what, takes] = typeof part === 'string' ? lessonPart(part) : part;
    slots.push({ from, minutes: takes, what });
    from += takes;
  }
  if (minutes - from < LEAST_DEBRIEF)
    throw new RangeError(
      `'${title}': ${from} of ${minutes} minutes are planned; at least ${LEAST_DEBRIEF} must be left for the end`,
    );
  slots.push({ from, minutes: minutes - from, what: 'Debrief, with the questions below' });
  return { title, minutes, slots };
}

function lessonPart(digits: string): readonly [string, number] {
  const lesson = lessons.find(l => l.notebook.startsWith(digits));
  if (lesson === undefined) throw new RangeError(`no notebook begins with ${digits}`);
  return [`**${digits}** ${lesson.title}`, lesson.minutes];
}

const SETUP = [
  'Set-up: unpack the kit, `./put-page doctor`, `./put-page start`; the first cell runs on each laptop',
  15,
] as const;
const SHORT_SETUP = ['Set-up, already done at home', 5] as const;
const BREAK = ['Break', 15] as const;
const SHORT_BREAK = ['Break', 10] as const;
const LUNCH = ['Lunch', 60] as const;

/** In the order of their length. */
export function plans(): readonly Plan[] {
  return [
    planOf('90 minutes: one bug', 90, [SHORT_SETUP, '00', '01']),
    planOf('Half a day: a leak, a page freed too early, a loop', 240, [
      SETUP,
      '00',
      '01',
      BREAK,
      '02',
      SHORT_BREAK,
      '03',
    ]),
    planOf('A day, for people who work on KVM', 420, [
      SETUP,
      '00',
      '01',
      BREAK,
      '02',
      LUNCH,
      '04',
      BREAK,
      '05',
      SHORT_BREAK,
      '06',
    ]),
  ];
}

/** `2:05` */
export function clock(minutes: number): string {
  return `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, '0')}`;
}
