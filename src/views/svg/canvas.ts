/** What the writer draws on: strings of SVG, definitions shared by name, text in lines. Names come from what they draw, never from chance. */
import type { Font, Line, Pattern } from '../plotly.js';
import { LINE_HEIGHT } from '../text.js';

/** Escapes text for XML and leaves out what XML forbids. */
export function escapeXml(text: string): string {
  return text
    .replaceAll(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd]/gu, c => ((c.codePointAt(0) ?? 0) > 0xffff ? c : '\ufffd'))
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

/** A coordinate: two digits, and an error where the arithmetic went wrong. */
export function px(n: number): string {
  if (!Number.isFinite(n))
    throw new RangeError(
      `the SVG writer came to the coordinate ${n}; a value or a range of the figure is not a number`,
    );
  return String(Math.round(n * 100) / 100 + 0);
}

export interface TextAt {
  readonly text: string;
  readonly x: number;
  readonly y: number;
  readonly font: Font;
  readonly anchor: 'start' | 'middle' | 'end';
  /** Where y is on the block of lines. */
  readonly on: 'top' | 'middle' | 'bottom';
  /** Degrees, clockwise, about (x, y). */
  readonly angle?: number;
}

const DASHES: Readonly<Record<string, string>> = { dot: '2 3', dash: '8 5', dashdot: '8 4 2 4' };
/** How far a baseline lies below the middle of a line of text, in font sizes. */
const BASELINE = 0.35;

const ENTITIES: Readonly<Record<string, string>> = { '&lt;': '<', '&gt;': '>', '&amp;': '&' };
const decode = (s: string): string => s.replaceAll(/&(?:lt|gt|amp);/g, e => ENTITIES[e] ?? e);

export class Canvas {
  private readonly defs = new Map<string, string>();
  private readonly parts: string[] = [];

  add(svg: string): void {
    this.parts.push(svg);
  }

  /** A fill for `fill="…"`: a colour, or a pattern over it. */
  fill(colour: string, pattern?: Pattern, at = 0): string {
    const shape = typeof pattern?.shape === 'string' ? pattern.shape : (pattern?.shape[at] ?? '');
    if (pattern === undefined || shape === '') return colour;
    const fg = pattern.fgcolor ?? '#000000';
    const bg = pattern.bgcolor ?? colour;
    const size = pattern.size ?? 8;
    const id = `pattern-${shape.codePointAt(0)?.toString(16)}-${fg.slice(1)}-${bg.slice(1)}-${size}`;
    this.defs.set(
      id,
      `<pattern id="${id}" width="${size}" height="${size}" patternUnits="userSpaceOnUse"><rect width="${size}" height="${size}" fill="${bg}"/>${tile(shape, size, fg)}</pattern>`,
    );
    return `url(#${id})`;
  }

  text(t: TextAt): void {
    const size = t.font.size ?? 12;
    const step = size * LINE_HEIGHT;
    const lines = t.text.split('<br>');
    const up = t.on === 'top' ? 0 : t.on === 'middle' ? (lines.length * step) / 2 : lines.length * step;
    const first = t.y - up + step / 2 + BASELINE * size;
    const turn = t.angle ? ` transform="rotate(${px(t.angle)} ${px(t.x)} ${px(t.y)})"` : '';
    const body = lines.map((line, i) => `<tspan x="${px(t.x)}" y="${px(first + i * step)}">${spans(line)}</tspan>`);
    this.add(
      `<text font-size="${px(size)}" fill="${t.font.color ?? '#1a1a1a'}" text-anchor="${t.anchor}"${turn}>${body.join('')}</text>`,
    );
  }

  path(d: string | null, attributes: string): void {
    if (d?.includes('NaN') === true || d?.includes('Infinity') === true) px(Number.NaN);
    if (d !== null && d !== '') this.add(`<path d="${d}" ${attributes}/>`);
  }

  rect(x: number, y: number, w: number, h: number, attributes: string): void {
    this.add(
      `<rect x="${px(Math.min(x, x + w))}" y="${px(Math.min(y, y + h))}" width="${px(Math.abs(w))}" height="${px(Math.abs(h))}" ${attributes}/>`,
    );
  }

  line(x1: number, y1: number, x2: number, y2: number, attributes: string): void {
    this.add(`<line x1="${px(x1)}" y1="${px(y1)}" x2="${px(x2)}" y2="${px(y2)}" ${attributes}/>`);
  }

  toString(): string {
    const defs = this.defs.size === 0 ? [] : [`<defs>${[...this.defs.values()].join('')}</defs>`];
    return [...defs, ...this.parts].join('\n');
  }
}

function spans(line: string): string {
  return line
    .split(/(<b>.*?<\/b>|<i>.*?<\/i>)/)
    .filter(p => p !== '')
    .map(p => {
      const tag = /^<([bi])>(.*)<\/[bi]>$/.exec(p);
      if (tag === null) return escapeXml(decode(p));
      const style = tag[1] === 'b' ? 'font-weight="bold"' : 'font-style="italic"';
      return `<tspan ${style}>${escapeXml(decode(tag[2] ?? ''))}</tspan>`;
    })
    .join('');
}

/** stroke attributes of a line */
export function stroke(line: Line | undefined, colour: string): string {
  const dash = DASHES[line?.dash ?? ''];
  return `fill="none" stroke="${line?.color ?? colour}" stroke-width="${px(line?.width ?? 2)}"${dash === undefined ? '' : ` stroke-dasharray="${dash}"`}`;
}

function tile(shape: string, n: number, colour: string): string {
  const s = `stroke="${colour}" stroke-width="1.1"`;
  const seg = (x1: number, y1: number, x2: number, y2: number) => `<path d="M${x1} ${y1}L${x2} ${y2}" ${s}/>`;
  const up = seg(-1, n + 1, n + 1, -1) + seg(-1, 1, 1, -1) + seg(n - 1, n + 1, n + 1, n - 1);
  const down = seg(-1, -1, n + 1, n + 1) + seg(-1, n - 1, 1, n + 1) + seg(n - 1, -1, n + 1, 1);
  switch (shape) {
    case '/':
      return up;
    case '\\':
      return down;
    case 'x':
      return up + down;
    case '-':
      return seg(0, n / 2, n, n / 2);
    case '|':
      return seg(n / 2, 0, n / 2, n);
    case '+':
      return seg(0, n / 2, n, n / 2) + seg(n / 2, 0, n / 2, n);
    case '.':
      return `<circle cx="${n / 2}" cy="${n / 2}" r="1.4" fill="${colour}"/>`;
    default:
      throw new TypeError(`the SVG writer does not know the pattern '${shape}'; it knows / \\ x - | + .`);
  }
}
