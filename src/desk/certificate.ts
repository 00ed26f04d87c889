/** What was solved in all notebooks, as text and as a picture. No name, no date: it says only what the progress says. */
import type { Lesson } from './lesson.js';
import type { Done } from './progress.js';

export interface Certificate {
  readonly svg: string;
  readonly text: string;
}

interface Line {
  readonly notebook: string;
  readonly title: string;
  readonly solved: number;
  readonly exercises: number;
  /** Solved without a single hint. */
  readonly alone: number;
  readonly bets: number;
  readonly predictions: number;
}

function linesOf(lessons: readonly Lesson[], { passed, hints, bets }: Done): readonly Line[] {
  return lessons.map(({ notebook, title, exercises, predictions }) => {
    const solved = exercises.filter(e => passed.includes(e.id));
    return {
      notebook: notebook.slice(0, 2),
      title,
      solved: solved.length,
      exercises: exercises.length,
      alone: solved.filter(e => (hints[e.id] ?? 0) === 0).length,
      bets: predictions.filter(p => bets[p.id] !== undefined).length,
      predictions: predictions.length,
    };
  });
}

const sum = (lines: readonly Line[], of: (line: Line) => number): number => lines.reduce((n, line) => n + of(line), 0);

/** `12 of 30 exercises solved, 9 without a hint; 14 of 35 bets placed`. */
function summary(lines: readonly Line[]): string {
  const [solved, all, alone] = [sum(lines, l => l.solved), sum(lines, l => l.exercises), sum(lines, l => l.alone)];
  return `${solved} of ${all} exercises solved, ${alone} without a hint; ${sum(lines, l => l.bets)} of ${sum(lines, l => l.predictions)} bets placed`;
}

const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

const [WIDTH, TOP, ROW, DOT] = [760, 86, 30, 16] as const;
/** Of figures: ink, soft ink, what is solved, and its edge. */
const [INK, SOFT, GOOD, EDGE] = ['#1b1f24', '#57606a', '#1a7f5a', '#8c959f'] as const;

function rowOf(line: Line, i: number): string {
  const y = TOP + i * ROW;
  const dots = Array.from({ length: line.exercises }, (_, n) => {
    const fill = n < line.solved ? GOOD : 'none';
    return `<circle cx="${520 + n * DOT}" cy="${y - 4}" r="5" fill="${fill}" stroke="${n < line.solved ? GOOD : EDGE}"/>`;
  });
  return [
    `<text x="24" y="${y}" fill="${SOFT}">${escaped(line.notebook)}</text>`,
    `<text x="56" y="${y}">${escaped(line.title)}</text>`,
    ...dots,
    `<text x="${WIDTH - 24}" y="${y}" text-anchor="end">${line.solved} of ${line.exercises}</text>`,
  ].join('');
}

/** The certificate of these lessons for what was done. */
export function certificateOf(lessons: readonly Lesson[], done: Done): Certificate {
  const lines = linesOf(lessons, done);
  const told = summary(lines);
  const height = TOP + lines.length * ROW;
  const complete = lines.every(l => l.solved === l.exercises);
  const head = complete ? 'Who owes the put_page()? You know.' : 'Who owes the put_page()?';
  const svg = [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" font-family="system-ui, sans-serif" font-size="14" fill="${INK}">`,
    `<title>${escaped(`${head} ${told}`)}</title>`,
    `<rect x="1" y="1" width="${WIDTH - 2}" height="${height - 2}" rx="8" fill="#ffffff" stroke="${EDGE}"/>`,
    `<text x="24" y="34" font-size="18" font-weight="600">${escaped(head)}</text>`,
    `<text x="24" y="56" fill="${SOFT}">${escaped(told)}</text>`,
    ...lines.map(rowOf),
    '</svg>',
  ].join('\n');
  const text = [
    head,
    told,
    ...lines.map(l => `${l.notebook}  ${`${l.solved} of ${l.exercises}`.padEnd(8)}${l.title}`),
  ].join('\n');
  return { svg, text };
}
