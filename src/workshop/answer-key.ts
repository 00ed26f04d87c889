/** The answer key: each bet with what the model says, each exercise with one possible answer. For instructors. */
import { writtenBy } from '../desk/code-of.js';
import type { Lesson } from '../desk/lesson.js';
import { joinLines, type Lines, type Notebook } from '../jupyter/notebook/nbformat.js';

/** What the committed notebook shows for a bet: question to answer. */
export type Revealed = ReadonlyMap<string, string>;

/**
 * The answers that a notebook's outputs hold: the last column of the table that reveal() shows. `outputs`: markdown of its cells.
 */
export function revealed(outputs: readonly string[]): Revealed {
  const rows = outputs.flatMap(text => text.split('\n')).map(line => /^\| (.*) \| (.*) \| (.*) \|$/.exec(line));
  return new Map(
    rows.flatMap(row =>
      row?.[1] === undefined || row[3] === undefined || row[3] === 'the model' ? [] : [[row[1], row[3]] as const],
    ),
  );
}

/** The same, of a whole notebook. */
export function revealedIn({ cells }: Notebook): Revealed {
  return revealed(cells.flatMap(cell => (cell.outputs ?? []).map(({ data }) => markdownOf(data))));
}

function markdownOf(data: unknown): string {
  const text = (data as Record<string, unknown> | null | undefined)?.['text/markdown'];
  return typeof text === 'string' || Array.isArray(text) ? joinLines(text as Lines) : '';
}

/** The key of one lesson as markdown. A bet that the notebook does not reveal is said so. */
export function answerKey(lesson: Lesson, answers: Revealed): string {
  const bets = lesson.predictions.map(p => {
    const answer = answers.get(p.question.replaceAll('|', '\\|')) ?? '(not revealed in the notebook)';
    return `- ${p.question} **${answer}**${p.lesson === undefined ? '' : ` ${p.lesson}`}`;
  });
  const exercises = lesson.exercises.map(
    (e, i) => `### Exercise ${i + 1}, \`${e.id}\`: ${e.title}\n\n\`\`\`ts\n${writtenBy(e, e.solution)}\n\`\`\``,
  );
  return [`## ${lesson.notebook}: ${lesson.title}`, ...(bets.length > 0 ? [bets.join('\n')] : []), ...exercises].join(
    '\n\n',
  );
}
