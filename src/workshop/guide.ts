/** docs/workshop.md, made from the lessons and from beats.ts. */
import type { Lesson, Prediction } from '../desk/lesson.js';
import { lessons } from '../stories/index.js';
import { BEATS, type Beat } from './beats.js';
import { clock, type Plan, plans } from './timetable.js';

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ');

function table(columns: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map(cell).join(' | ')} |`;
  return [line(columns), `|${columns.map(() => '---').join('|')}|`, ...rows.map(line)].join('\n');
}

function timetable({ title, minutes, slots }: Plan): string {
  const rows = slots.map(s => [clock(s.from), String(s.minutes), s.what]);
  return `### ${title} (${minutes} minutes)\n\n${table(['at', 'minutes', 'what'], rows)}`;
}

/** The wrong bets of a question, and what each reveals. */
function wrongBets({ question, replies }: Prediction): readonly (readonly string[])[] {
  return Object.entries(replies ?? {}).map(([bet, reveals], i) => [i === 0 ? question : '', bet, reveals]);
}

function notebook(lesson: Lesson, beat: Beat): string {
  const bets = lesson.predictions.flatMap(wrongBets);
  const exercises = lesson.exercises.map((e, i) => [`${i + 1} (\`${e.id}\`)`, e.title, e.kind, String(e.minutes)]);
  return [
    `## ${lesson.notebook.slice(0, 2)}: ${lesson.title}`,
    `${lesson.minutes} minutes in a room. For ${beat.for}.`,
    `**Say.** ${beat.say}`,
    `**On the projector:** ${beat.show}.`,
    `**Ask**\n\n${beat.ask.map(q => `- ${q}`).join('\n')}`,
    `**If you are late, leave out** ${beat.cut}.`,
    `**Somebody should say at the end:** ${beat.end}`,
    ...(exercises.length > 0 ? [table(['exercise', 'what', 'kind', 'minutes'], exercises)] : []),
    ...(bets.length > 0
      ? [`Wrong bets, and what each reveals:\n\n${table(['question', 'bet', 'what to say'], bets)}`]
      : []),
  ].join('\n\n');
}

const HEAD = `# Teach it

For an instructor with up to 30 people, their own laptops, and 90 minutes to a day. Nobody needs to know TypeScript; everybody needs C and
the words *page*, *reference* and *page table*.

This page is made from the lessons (\`npm run docs\`), so its minutes are those of the notebooks.

**The day before.** Ask everybody to run \`npm ci && npm start\` at home, where the network is good: nothing is downloaded after that. \`npx put-page doctor\` says in a few
seconds whether a laptop will work, and what to do if not. Run the notebooks that you will teach once, and place the bets yourself.

**In the room.** Work in pairs: one types, one bets. Let each pair place its bet before the cell is run, and say it aloud; a bet that was lost
is remembered. When a table is stuck, point to \`hint()\` before you say anything. \`npx put-page answers\` prints the answer key.

**Everything is a copy.** What people edit is saved beside the originals; \`npx put-page reset 01\` puts a notebook aside and begins anew.
Nothing leaves a laptop.

## Timetables`;

const DEBRIEF = `## Debrief

Hand this out, five minutes in pairs, then aloud:

1. Which of your bets did you lose, and what had you overlooked?
2. Name a place in your own code where something is guessed that was once known.
3. What would have caught it: a type, an assertion, a test, a second reader?
4. Which of the bugs is in the kernel that you run? (\`npx put-page affected\`)`;

/** The whole page. Errors: a lesson without its beat. */
export function workshopGuide(): string {
  const parts = lessons.map(lesson => {
    const beat = BEATS.find(b => b.notebook === lesson.notebook);
    if (beat === undefined) throw new RangeError(`src/workshop/beats.ts has nothing for ${lesson.notebook}`);
    return notebook(lesson, beat);
  });
  return `${[HEAD, ...plans().map(timetable), ...parts, DEBRIEF].join('\n\n')}\n`;
}
