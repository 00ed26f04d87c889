/** What a cell left, as HTML: the picture before the table, the table before the text. */
import { joinLines, type Lines } from '../jupyter/notebook/lines.js';
import { drawSvg, type PlotlyFigure } from '../views/index.js';
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

const dataUrl = (svg: string): string =>
  `data:image/svg+xml,${escapeHtml(svg.trim().replaceAll('%', '%25').replaceAll('#', '%23').replaceAll(/\s+/g, ' '))}`;

function sizeOf(svg: string): string {
  const size = /^<svg\b[^>]*?\bwidth="(\d+)" height="(\d+)"/.exec(svg);
  return size === null ? '' : ` width="${size[1]}" height="${size[2]}"`;
}

/**
 * A picture of its own: nothing in it can reach the page, load or run.
 * @param narrow the same, set for a telephone
 */
export function picture(svg: string, text: string, narrow?: string): string {
  const img = `<img${sizeOf(svg)} alt="${escapeHtml(text)}" src="${dataUrl(svg)}">`;
  if (narrow === undefined) return `<figure>${img}</figure>`;
  const source = `<source media="(max-width: 640px)"${sizeOf(narrow)} srcset="${dataUrl(narrow).replaceAll(' ', '%20')}">`;
  return `<figure class="set"><picture>${source}${img}</picture></figure>`;
}

/** The setting for a telephone that is stored beside a figure, as a picture. */
function narrowOf(output: StoredOutput): string | undefined {
  const { data } = output;
  const stored = (data as Readonly<Record<string, { readonly narrow?: PlotlyFigure }>>)[
    'application/vnd.plotly.v1+json'
  ];
  return stored?.narrow === undefined ? undefined : drawSvg(stored.narrow, formOf(output, 'text/plain') ?? '');
}

export function renderOutput(output: StoredOutput, links: Links): string {
  const { output_type: type } = output;
  if (type === 'stream') return block(output.name === 'stderr' ? 'text stderr' : 'text', output.text);
  if (type === 'error') return block('text stderr', `${String(output.ename)}: ${String(output.evalue)}`);
  const svg = formOf(output, 'image/svg+xml');
  const text = formOf(output, 'text/plain');
  if (svg !== undefined) return picture(svg, text ?? '', links.anchors === undefined ? undefined : narrowOf(output));
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
  return bare === '' ? '' : `<pre class="${kind}" tabindex="0">${escapeHtml(bare)}</pre>`;
}
