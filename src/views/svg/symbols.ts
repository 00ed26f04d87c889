/** Marker symbols, by plotly's names; `size` is the diameter in pixels. */
import { px } from './canvas.js';

export interface Angled {
  readonly x: number;
  readonly y: number;
  /** Degrees, clockwise; 0 points up. */
  readonly angle: number;
}

/** Corners in radii, y down. The arrow's tip is its point. */
const CORNERS: Readonly<Record<string, readonly (readonly [number, number])[]>> = {
  square: [
    [-0.9, -0.9],
    [0.9, -0.9],
    [0.9, 0.9],
    [-0.9, 0.9],
  ],
  diamond: [
    [0, -1.25],
    [1.25, 0],
    [0, 1.25],
    [-1.25, 0],
  ],
  'triangle-up': [
    [0, -1.1],
    [1.1, 0.8],
    [-1.1, 0.8],
  ],
  'triangle-down': [
    [0, 1.1],
    [1.1, -0.8],
    [-1.1, -0.8],
  ],
  x: [
    [-1, -0.5],
    [-0.5, -1],
    [0, -0.5],
    [0.5, -1],
    [1, -0.5],
    [0.5, 0],
    [1, 0.5],
    [0.5, 1],
    [0, 0.5],
    [-0.5, 1],
    [-1, 0.5],
    [-0.5, 0],
  ],
  arrow: [
    [0, 0],
    [0.5, 1.5],
    [-0.5, 1.5],
  ],
};

export function symbolPath(name: string, size: number, at: Angled): string {
  const r = size / 2;
  if (name === 'circle')
    return `M${px(at.x - r)} ${px(at.y)}a${px(r)} ${px(r)} 0 1 0 ${px(size)} 0a${px(r)} ${px(r)} 0 1 0 ${px(-size)} 0Z`;
  const corners = CORNERS[name];
  if (corners === undefined)
    throw new TypeError(
      `the SVG writer does not know the marker '${name}'; it knows circle, ${Object.keys(CORNERS).join(', ')} and these with -open`,
    );
  const turn = (at.angle * Math.PI) / 180;
  const points = corners.map(([x, y]) => [
    at.x + r * (x * Math.cos(turn) - y * Math.sin(turn)),
    at.y + r * (x * Math.sin(turn) + y * Math.cos(turn)),
  ]);
  return `M${points.map(([x = 0, y = 0]) => `${px(x)} ${px(y)}`).join('L')}Z`;
}
