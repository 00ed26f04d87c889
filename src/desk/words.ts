/** How the desk says things: markdown for a reader, the same bytes each time. */
import type { Exercise, Prediction, Verdict } from './lesson.js';

export const code = (text: string): string => `\`${text}\``;
export const fence = (text: string, language = ''): string => `\`\`\`${language}\n${text}\n\`\`\``;

/** A value as a reader would write it, without quotes. */
export function written(value: unknown): string {
  if (typeof value === 'string') return value;
  return (typeof value === 'function' ? undefined : JSON.stringify(value)) ?? String(value);
}

/** A value as a cell takes it: words in quotes. */
const quoted = (value: unknown): string => (typeof value === 'string' ? `'${value}'` : written(value));

const paragraphs = (...parts: readonly (string | undefined)[]): string =>
  parts.filter(part => part !== undefined && part !== '').join('\n\n');

function choices({ options }: Prediction): string {
  return options === undefined ? '' : ` One of: ${options.map(option => code(quoted(option))).join(', ')}.`;
}

export function noSuch(kind: string, id: string, known: readonly string[]): string {
  const there = known.length === 0 ? 'There is none yet' : `There are: ${known.map(code).join(', ')}`;
  return `There is no ${kind} ${code(String(id))}. ${there}.`;
}

export function askForBet(prediction: Prediction): string {
  const { id, question } = prediction;
  const how = `No bet yet. Place one: ${code(`predict('${id}', …)`)}. A bet that loses teaches more than none.`;
  return paragraphs(`**${question}**${choices(prediction)}`, how);
}

export function badBet(prediction: Prediction, bet: unknown): string {
  return paragraphs(`**${prediction.question}**`, `${code(written(bet))} cannot be bet on.${choices(prediction)}`);
}

export function betPlaced(prediction: Prediction, bet: unknown): string {
  return `**${prediction.question}** Your bet: **${written(bet)}**.`;
}

/** Said under the table of a reveal. */
export function afterReveal(prediction: Prediction, bet: string | undefined, answer: string): string {
  const differ = 'You and the model differ: which step decided it?';
  const compared = bet === undefined ? '' : bet === answer ? 'You and the model agree.' : differ;
  return paragraphs(compared, prediction.lesson);
}

export function askForAnswer({ id, title, minutes }: Exercise): string {
  const how = `${code(`check('${id}', …)`)} with your answer in place of the dots`;
  return `**${title}** (${minutes} min) waits for your answer: ${how}; ${code(`hint('${id}')`)} helps.`;
}

export function judged({ id, title }: Exercise, { passed, idea }: Verdict): string {
  const next = passed
    ? `${code(`solution('${id}')`)} shows one more way.`
    : `Change it and run it again; ${code(`hint('${id}')`)} helps.`;
  const stop = title.endsWith('?') ? '' : '.';
  return paragraphs(`**${passed ? 'Holds' : 'Not yet'}: ${title}${stop}** ${idea}`, next);
}

const hintNames = ['a question', 'a pointer', 'nearly the answer'];

export function hinted({ id, title, hints }: Exercise, taken: number): string {
  const lines = hints.slice(0, taken).map((text, i) => `${i + 1}. *${hintNames[i]}*: ${text}`);
  const more =
    taken < hints.length
      ? `Run it again for hint ${taken + 1} of ${hints.length}.`
      : `${code(`solution('${id}')`)} is open now.`;
  return paragraphs(`**Hints for: ${title}**`, lines.join('\n'), more);
}

export function lockedSolution({ title, hints }: Exercise, taken: number): string {
  return `The solution of **${title}** opens when your answer holds, or after ${hints.length} hints (${taken} taken).`;
}
