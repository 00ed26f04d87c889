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

/** What comes after "Read on" is for those who are early, and for home. */
export const roomPart = (source: string): string => source.split(/^\/\/ ## Read on\b/m)[0] ?? source;

function wrongBetsOf(title: string, predictions: readonly Prediction[]): readonly string[] {
  const rows = predictions.flatMap(wrongBets);
  return rows.length === 0 ? [] : [`${title}\n\n${table(['question', 'bet', 'what to say'], rows)}`];
}

function notebook(lesson: Lesson, beat: Beat, source: string): string {
  const room = roomPart(source);
  const inRoom = (what: 'check' | 'predict', id: string) => room.includes(`${what}('${id}'`);
  const exercises = lesson.exercises.map((e, i) => [
    `${i + 1} (\`${e.id}\`)`,
    e.title,
    e.kind,
    String(e.minutes),
    inRoom('check', e.id) ? 'in the room' : 'read on',
  ]);
  return [
    `## ${lesson.notebook.slice(0, 2)}: ${lesson.title}`,
    `${lesson.minutes} minutes in a room, up to "Read on". For ${beat.for}.`,
    `**Say.** ${beat.say}`,
    `**On the projector:** ${beat.show}.`,
    `**Ask**\n\n${beat.ask.map(q => `- ${q}`).join('\n')}`,
    `**If you run late, skip** ${beat.cut}.`,
    `**Somebody should say at the end:** ${beat.end}`,
    ...(exercises.length > 0 ? [table(['exercise', 'what', 'kind', 'minutes', 'when'], exercises)] : []),
    ...wrongBetsOf(
      'Wrong bets, and what each reveals:',
      lesson.predictions.filter(p => inRoom('predict', p.id)),
    ),
    ...wrongBetsOf(
      'After "Read on":',
      lesson.predictions.filter(p => !inRoom('predict', p.id)),
    ),
  ].join('\n\n');
}

const HEAD = `# Teach it

For an instructor with up to 30 people, their own laptops, and 90 minutes to a day. Nobody needs to know TypeScript; everybody should read C and
know what a *page*, a *reference* and a *page table* are. [glossary.md](glossary.md) has the other words.

\`npm run docs\` makes this page from the lessons, so its minutes are those of the notebooks. In a clone the command is \`npx put-page\`, in an unpacked kit \`./put-page\`.

**A week before.** \`npx put-page pack --platform P\` makes an offline kit of 6 MB for one of five platforms ([install.md](install.md)): put the files where people can fetch them, or on a
stick. Whoever unpacks one needs Node 20.19 or newer and no network. With a hub people need only a browser: [hub.md](hub.md).

**The day before.** Ask everybody to run \`./put-page doctor\` in the unpacked kit: it says in a few seconds whether a laptop will work, and what to do if not. Work through the notebooks that you
will teach, up to "Read on", and place the bets yourself. Print the worksheets, one per pair: \`npx put-page export --format pdf\`; slides for the projector
and your own notes: \`npx put-page export --format slides\` ([handouts.md](handouts.md)). [reading-a-figure.md](reading-a-figure.md) takes five minutes; begin with it in the room.

**In the room.** Work in pairs: one types, one bets. Let each pair place its bet and say it aloud before it runs the cell: people remember
a bet that they lost. When a table is stuck, point to \`hint()\` before you say anything. \`npx put-page answers\` prints the answer key. Stop at "Read on": the minutes count
up to there, and the rest is for those who finish early. An exercise is *worked* (read it and run it), *faded* (fill one gap) or *own* (write it).

**Everything is a copy.** People edit copies, and the originals stay as they are; \`npx put-page reset 01\` sets a copy aside and starts that notebook afresh.
Nothing leaves a laptop.

**Afterwards.** \`put-page progress --export table-4.json\` writes what a pair bet and solved, without a name. Collect the files in a folder: \`npx put-page class FOLDER --svg room.svg\`
says which bets were lost most, which is what to talk about in the debrief.

## Timetables`;

const DEBRIEF = `## Debrief

Hand this out, five minutes in pairs, then aloud:

1. Which of your bets did you lose, and what had you overlooked?
2. Name a place in your own code where something is guessed that was once known.
3. What would have caught it: a type, an assertion, a test, a second reader?
4. Which of the bugs is in the kernel that you run? (\`npx put-page affected\`)`;

/**
 * The whole page. Errors: a lesson without its beat.
 * @param sources the notebooks' sources by their names
 */
export function workshopGuide(sources: ReadonlyMap<string, string>): string {
  const parts = lessons.map(lesson => {
    const beat = BEATS.find(b => b.notebook === lesson.notebook);
    if (beat === undefined) throw new RangeError(`src/workshop/beats.ts has nothing for ${lesson.notebook}`);
    return notebook(lesson, beat, sources.get(lesson.notebook) ?? '');
  });
  return `${[HEAD, ...plans().map(timetable), ...parts, DEBRIEF].join('\n\n')}\n`;
}
