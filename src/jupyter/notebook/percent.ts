/**
 * Percent cells: a notebook as one TypeScript file.
 *
 *     // %% [markdown] id=claim #slide
 *     // # A heading is a claim
 *
 *     // %%
 *     show(ledger(run));
 *
 * A marker starts a cell; one blank line before the next marker belongs to nobody. Markdown is in line comments. A
 * source line that looks like a marker gets a backslash: `// \%%`. parse(print(d)) is d; print(parse(t)) is t with that
 * spacing.
 */
import { type Cell, type CellType, type Document, NotebookFormatError } from './document.js';

const marker = /^\/\/ ?%%(.*)$/;
const escaped = /^(\/\/ ?)\\(\\*%%)/;
const needsEscape = /^(\/\/ ?)(\\*%%)/;
const word = /^\s+(?:\[(?<type>\w+)\]|id=(?<id>\S+)|#(?<tag>[\w.:-]+)|#(?<quoted>"(?:[^"\\]|\\.)*"))(?=\s|$)/;
const validId = /^[a-zA-Z0-9_-]{1,64}$/;
const plainTag = /^[\w.:-]+$/;

const cellTypes: Readonly<Record<string, CellType>> = { markdown: 'markdown', md: 'markdown', raw: 'raw' };

interface Marker {
  type: CellType;
  id?: string;
  tags: string[];
}

function parseMarker(text: string): Marker | string {
  const result: Marker = { type: 'code', tags: [] };
  let rest = text.trimEnd();
  while (rest !== '') {
    const match = word.exec(rest);
    const groups = match?.groups;
    if (match === null || groups === undefined) {
      return `'${rest.trim()}' is not understood after %%; expected [markdown] or [raw], then id=NAME, then #tag`;
    }
    rest = rest.slice(match[0].length);
    if (groups.type !== undefined) {
      const type = cellTypes[groups.type];
      if (type === undefined)
        return `[${groups.type}] is no type of cell; expected [markdown], [raw], or nothing for code`;
      result.type = type;
    } else if (groups.id !== undefined) {
      if (!validId.test(groups.id)) return `id=${groups.id}: an id has 1 to 64 letters, digits, - or _`;
      result.id = groups.id;
    } else {
      const tag: string = groups.tag ?? JSON.parse(groups.quoted ?? '""');
      if (result.tags.includes(tag)) return `the tag #${tag} stands twice`;
      result.tags.push(tag);
    }
  }
  return result;
}

const unescapeLine = (line: string): string => line.replace(escaped, '$1$2');
const escapeLine = (line: string): string => line.replace(needsEscape, '$1\\$2');

interface Open {
  readonly marker: Marker;
  /** Line of the first source line, from 1. */
  readonly line: number;
  readonly lines: string[];
}

/** What stands in comments (markdown, raw) without its slashes; a line that is no comment is a problem. */
function uncomment({ lines, line, marker: { type } }: Open, problems: string[]): string {
  const end = lines.findLastIndex(text => text.trim() !== '') + 1;
  return lines
    .slice(0, end)
    .map((text, i) => {
      if (text.trim() === '') return '';
      if (!text.startsWith('//')) {
        problems.push(
          `:${line + i}: expected a comment (// …) in this ${type} cell, or '// %%' before code, but found: ${text}`,
        );
      }
      return unescapeLine(text).replace(/^\/\/ ?/, '');
    })
    .join('\n');
}

function closeCell(open: Open, last: boolean, problems: string[]): Cell {
  const { marker: head, line, lines } = open;
  const common = { type: head.type, tags: head.tags, line, ...(head.id === undefined ? {} : { id: head.id }) };
  if (head.type !== 'code') return { ...common, source: uncomment(open, problems) };
  const source = !last && lines.at(-1) === '' ? lines.slice(0, -1) : lines;
  return { ...common, source: source.map(unescapeLine).join('\n') };
}

/** Reads percent cells; `file` is for error messages. */
export function parsePercent(text: string, file = 'notebook.ts'): Document {
  const problems: string[] = [];
  const opened: Open[] = [];
  let headless = false;
  const lines = text.replaceAll('\r\n', '\n').replace(/\n$/, '').split('\n');
  lines.forEach((line, i) => {
    const match = marker.exec(line);
    if (match === null) {
      const open = opened.at(-1);
      if (open !== undefined) open.lines.push(line);
      else if (line.trim() !== '' && !headless) {
        headless = true;
        problems.push(`:${i + 1}: expected '// %%' before the first cell, but found: ${line}`);
      }
      return;
    }
    const parsed = parseMarker(match[1] ?? '');
    if (typeof parsed === 'string') problems.push(`:${i + 1}: ${parsed}`);
    const head: Marker = typeof parsed === 'string' ? { type: 'code', tags: [] } : parsed;
    if (head.id !== undefined && opened.some(other => other.marker.id === head.id)) {
      problems.push(`:${i + 1}: id=${head.id} stands at an earlier cell already; an id belongs to one cell`);
    }
    opened.push({ marker: head, line: i + 2, lines: [] });
  });
  const cells = opened.map((open, i) => closeCell(open, i === opened.length - 1, problems));
  if (problems.length > 0) throw new NotebookFormatError(file, problems);
  return { cells };
}

function printMarker(cell: Cell): string {
  const words = ['// %%'];
  if (cell.type !== 'code') words.push(`[${cell.type}]`);
  if (cell.id !== undefined) words.push(`id=${cell.id}`);
  for (const tag of cell.tags) words.push(plainTag.test(tag) ? `#${tag}` : `#${JSON.stringify(tag)}`);
  return words.join(' ');
}

function printCell(cell: Cell): string {
  const lines = cell.source.split('\n');
  if (cell.type === 'code') return [printMarker(cell), ...(cell.source === '' ? [] : lines.map(escapeLine))].join('\n');
  const comments = cell.source === '' ? [] : lines.map(line => escapeLine(line === '' ? '//' : `// ${line}`));
  return [printMarker(cell), ...comments].join('\n');
}

/** Writes percent cells. Leave the ids out (`withoutIds`) where a paired .ipynb keeps them. */
export function printPercent(document: Document): string {
  return document.cells.length === 0 ? '' : `${document.cells.map(printCell).join('\n\n')}\n`;
}

export function withoutIds(document: Document): Document {
  return { cells: document.cells.map(({ type, source, tags }) => ({ type, source, tags })) };
}
