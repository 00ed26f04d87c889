/** What a cell left, as HTML: the picture before the table, the table before the text. */
import { joinLines, type Lines } from '../jupyter/notebook/nbformat.js';
import { type Links, renderMarkdown } from './markdown.js';
import { escapeHtml } from './plain.js';

export type StoredOutput = Readonly<Record<string, unknown>>;

const isLines = (value: unknown): value is Lines =>
  typeof value === 'string' || (Array.isArray(value) && value.every(line => typeof line === 'string'));

/** One form of an output as text, or undefined. */
export function formOf(output: StoredOutput, mime: string): string | undefined {
  const { data } = output;
  const value = typeof data === 'object' && data !== null ? (data as StoredOutput)[mime] : undefined;
  return isLines(value) ? joinLines(value) : undefined;
}

/** A picture of its own: nothing in it can reach the page, load or run. */
export function picture(svg: string, text: string): string {
  const url = svg.trim().replaceAll('%', '%25').replaceAll('#', '%23').replaceAll(/\s+/g, ' ');
  const size = /^<svg\b[^>]*?\bwidth="(\d+)" height="(\d+)"/.exec(svg);
  const wide = size === null ? '' : ` width="${size[1]}" height="${size[2]}"`;
  return `<figure><img${wide} alt="${escapeHtml(text)}" src="data:image/svg+xml,${escapeHtml(url)}"></figure>`;
}

export function renderOutput(output: StoredOutput, links: Links): string {
  const { output_type: type } = output;
  if (type === 'stream') return block(output.name === 'stderr' ? 'text stderr' : 'text', output.text);
  if (type === 'error') return block('text stderr', `${String(output.ename)}: ${String(output.evalue)}`);
  const svg = formOf(output, 'image/svg+xml');
  const text = formOf(output, 'text/plain');
  if (svg !== undefined) return picture(svg, text ?? '');
  const png = formOf(output, 'image/png');
  if (png !== undefined)
    return `<figure><img alt="${escapeHtml(text ?? '')}" src="data:image/png;base64,${escapeHtml(png.replaceAll(/\s/g, ''))}"></figure>`;
  const markdown = formOf(output, 'text/markdown');
  return markdown === undefined ? block('text', text ?? '') : renderMarkdown(markdown, links);
}

function block(kind: string, text: unknown): string {
  // Colours of a terminal say nothing on paper.
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the escape itself
  const bare = (isLines(text) ? joinLines(text) : '').replaceAll(/\u001b\[[\d;]*m/g, '').trimEnd();
  return bare === '' ? '' : `<pre class="${kind}">${escapeHtml(bare)}</pre>`;
}
