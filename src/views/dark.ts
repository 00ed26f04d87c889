/**
 * A figure for a dark page: each colour's lightness turned round, its hue kept, so that a holder keeps its colour and pattern there, too. OKLab, in
 * which equal steps of lightness look equal (https://bottosson.github.io/posts/oklab/).
 */
import { PAPER } from './colours.js';

/** The application's dark paper (style/dark.css). */
export const NIGHT = '#161c22';

interface Drawable {
  readonly data?: readonly unknown[];
  readonly layout?: Readonly<Record<string, unknown>>;
  readonly frames?: readonly unknown[];
}

type Three = readonly [number, number, number];

const linear = (v: number): number => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
const gamma = (v: number): number => (v <= 0.0031308 ? v * 12.92 : 1.055 * v ** (1 / 2.4) - 0.055);
const times = (m: readonly Three[], v: Three): Three =>
  m.map(row => row[0] * v[0] + row[1] * v[1] + row[2] * v[2]) as unknown as Three;

const TO_LMS: readonly Three[] = [
  [0.4122214708, 0.5363325363, 0.0514459929],
  [0.2119034982, 0.6806995451, 0.1073969566],
  [0.0883024619, 0.2817188376, 0.6299787005],
];
const TO_LAB: readonly Three[] = [
  [0.2104542553, 0.793617785, -0.0040720468],
  [1.9779984951, -2.428592205, 0.4505937099],
  [0.0259040371, 0.7827717662, -0.808675766],
];
const FROM_LAB: readonly Three[] = [
  [1, 0.3963377774, 0.2158037573],
  [1, -0.1055613458, -0.0638541728],
  [1, -0.0894841775, -1.291485548],
];
const FROM_LMS: readonly Three[] = [
  [4.0767416621, -3.3077115913, 0.2309699292],
  [-1.2684380046, 2.6097574011, -0.3413193965],
  [-0.0041960863, -0.7034186147, 1.707614701],
];

function labOf(colour: string): Three {
  const rgb = [1, 3, 5].map(at => linear(Number.parseInt(colour.slice(at, at + 2), 16) / 255)) as unknown as Three;
  return times(TO_LAB, times(TO_LMS, rgb).map(Math.cbrt) as unknown as Three);
}

function colourOf(lab: Three): string {
  const rgb = times(FROM_LMS, times(FROM_LAB, lab).map(v => v ** 3) as unknown as Three);
  const byte = (v: number): string =>
    Math.round(255 * Math.min(1, Math.max(0, gamma(Math.max(0, v)))))
      .toString(16)
      .padStart(2, '0');
  return `#${rgb.map(byte).join('')}`;
}

/** White becomes the paper of the night, ink nearly white; what lies between stays apart from both. */
const [DARKEST, STEEP] = [labOf(NIGHT)[0], 0.93];

const known = new Map<string, string>([[PAPER, NIGHT]]);

/** The colour that stands for this one on dark paper. */
export function darkOf(colour: string): string {
  const found = known.get(colour);
  if (found !== undefined) return found;
  const [light, a, b] = labOf(colour);
  const made = colourOf([DARKEST + (1 - light) * STEEP, a, b]);
  known.set(colour, made);
  return made;
}

/** The same figure, every colour in it turned. */
export function darkened<F extends Drawable>(figure: F): F {
  const turned = (value: unknown): unknown => {
    if (typeof value === 'string') return /^#[0-9a-f]{6}$/.test(value) ? darkOf(value) : value;
    if (Array.isArray(value)) return value.map(turned);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, v]) => [key, turned(v)]));
  };
  const { data, layout, frames } = figure;
  return {
    ...figure,
    ...(data === undefined ? {} : { data: turned(data) }),
    ...(layout === undefined ? {} : { layout: turned(layout) }),
    ...(frames === undefined ? {} : { frames: turned(frames) }),
  };
}
