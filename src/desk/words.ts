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

/** Who a bet is compared with. */
export const whoAnswers = (prediction: Prediction): string => prediction.answeredBy ?? 'the model';

/** Said under the table of a reveal: to a lost bet what it overlooked, if the author knows. */
export function afterReveal(prediction: Prediction, bet: string | undefined, answer: string): string {
  if (bet === undefined) return prediction.lesson ?? '';
  const { replies = {} } = prediction;
  const who = whoAnswers(prediction);
  if (bet === answer) return paragraphs(`You and ${who} agree.`, prediction.lesson);
  const reply = Object.hasOwn(replies, bet) ? replies[bet] : undefined;
  return paragraphs(`You and ${who} differ. ${reply ?? 'Which step decided it?'}`, prediction.lesson);
}

/** An answer to a bet that nobody placed: one click away, so that it does not give itself away to whoever reads on. */
export function folded(prediction: Prediction, answer: string): string {
  return `<details><summary>${prediction.question} <b>The answer</b></summary>\n\n${answer}\n\n</details>`;
}

export function askForAnswer({ id, title, minutes }: Exercise): string {
  const how = `${code(`check('${id}', …)`)} with your answer in place of the dots`;
  return `**${title}** (${minutes} min) waits for your answer: ${how}; ${code(`hint('${id}')`)} helps.`;
}

export function judged({ title }: Exercise, { passed, idea }: Verdict, sameAsSolution: boolean): string {
  const next = passed
    ? sameAsSolution
      ? ''
      : `${code('solution()')} shows one more way.`
    : `Change it and run it again; ${code('hint()')} helps.`;
  const stop = title.endsWith('?') ? '' : '.';
  return paragraphs(`**${passed ? 'Holds' : 'Not yet'}: ${title}${stop}** ${idea}`, next);
}

export function solved({ title }: Exercise, answer: string): string {
  const lead = title.endsWith('?') ? `**${title}** One possibility:` : `**${title}**, one possibility:`;
  return paragraphs(lead, fence(answer, 'ts'));
}

const hintNames = ['a question', 'a pointer', 'nearly the answer'];

export function hinted({ title, hints }: Exercise, taken: number): string {
  const lines = hints.slice(0, taken).map((text, i) => `${i + 1}. *${hintNames[i]}*: ${text}`);
  const more =
    taken < hints.length
      ? `Run it again for hint ${taken + 1} of ${hints.length}.`
      : `${code('solution()')} is open now.`;
  return paragraphs(`**Hints for: ${title}**`, lines.join('\n'), more);
}

export function lockedSolution({ title, hints }: Exercise, taken: number): string {
  return `The solution of **${title}** opens when your answer holds, or after ${hints.length} hints (${taken} taken).`;
}

export function nothingTried(what: string, ids: readonly string[]): string {
  const first = ids[0] ?? '';
  return `No exercise was tried yet, so there is nothing to give ${what} for. Run a cell with ${code('check(…)')} first, or say which: ${code(`hint('${first}')`)}.`;
}
