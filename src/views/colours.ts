/** Okabe-Ito hues, darkened until a line has 3:1 against white, and beside each a pale tint, a pattern and a dash: meaning is never told by colour alone, and a grey print still reads. */

export const INK = '#1a1a1a';
export const SOFT = '#5f5f5f';
export const GRID = '#e3e3e3';
export const PAPER = '#ffffff';

/** One look: `line` for strokes, `pale` under dark text, and what sets it apart without colour. */
export interface Look {
  readonly line: string;
  readonly pale: string;
  readonly pattern: string;
  readonly dash: 'solid' | 'dot' | 'dash' | 'dashdot';
  readonly symbol: string;
}

export const BLUE = '#0072b2';
export const VERMILLION = '#d55e00';
export const GREEN = '#009e73';
export const PURPLE = '#b8608f';
export const ORANGE = '#b07400';
export const SKY = '#2f86c1';
export const YELLOW = '#f0e442';

/** In the order in which series take them. */
export const LOOKS: readonly Look[] = [
  { line: BLUE, pale: '#b3d5e8', pattern: '', dash: 'solid', symbol: 'circle' },
  { line: ORANGE, pale: '#f7dfa8', pattern: '/', dash: 'dash', symbol: 'square' },
  { line: GREEN, pale: '#b2e2d5', pattern: '.', dash: 'dashdot', symbol: 'diamond' },
  { line: PURPLE, pale: '#f0d6e5', pattern: 'x', dash: 'dot', symbol: 'triangle-up' },
  { line: SKY, pale: '#d3ebfa', pattern: '-', dash: 'solid', symbol: 'square-open' },
  { line: VERMILLION, pale: '#f4cdb0', pattern: '\\', dash: 'dash', symbol: 'circle-open' },
  { line: SOFT, pale: '#dcdcdc', pattern: '|', dash: 'dashdot', symbol: 'diamond-open' },
  { line: '#8a8000', pale: '#f8f4b8', pattern: '+', dash: 'dot', symbol: 'x' },
];

/** The look of series `i`; after eight they come round again. */
export function look(i: number): Look {
  return LOOKS[i % LOOKS.length] as Look;
}

/** What a cell says, as a reader would judge it. The words on the cell carry it; these repeat it. */
export const TONES = {
  good: '#b2e2d5',
  bad: '#f2b48c',
  warn: '#f7e6a8',
  info: '#cfe3f1',
  plain: '#eeeeee',
  none: '#ffffff',
} as const;

/** From nothing (white) to much, pale to darker blue; dark text is legible on each. */
export const SHADES = ['#ffffff', '#e8f1f8', '#d3e6f2', '#bcdaec', '#a5cde5', '#8ec0de', '#77b3d6', '#6aabd2'] as const;

export type Tone = keyof typeof TONES;
