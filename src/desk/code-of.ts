/** The code of a solution, from the compiled solution itself: what is shown is what was checked. */
import type { Exercise } from './lesson.js';

function dedent(text: string): string {
  const [first = '', ...rest] = text.split('\n');
  const indents = rest.filter(line => line.trim() !== '').map(line => line.length - line.trimStart().length);
  const least = indents.length === 0 ? 0 : Math.min(...indents);
  return [first, ...rest.map(line => line.slice(least))].join('\n');
}

const indent = (text: string): string => text.replaceAll('\n', '\n  ');

const isName = /^[A-Za-z_$][\w$]*$/;

/** A value as TypeScript: functions with their code, also inside objects and arrays. */
export function codeOf(value: unknown): string {
  if (typeof value === 'function') return dedent(String(value));
  if (Array.isArray(value)) return `[${value.map(codeOf).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? String(value);
  const lines = Object.entries(value).map(([name, inner]) => {
    const key = isName.test(name) ? name : JSON.stringify(name);
    return `\n  ${key}: ${indent(codeOf(inner))},`;
  });
  return lines.length === 0 ? '{}' : `{${lines.join('')}\n}`;
}

/** An answer as the cell of its exercise could have it. */
export const writtenBy = (exercise: Exercise, answer: unknown): string => (exercise.written ?? codeOf)(answer);
