/** Where things are: axes as scales, subplots as boxes of pixels. */

import { type ScaleLinear, scaleLinear, scaleUtc } from 'd3-scale';
import { whatThereIs } from '../../model/index.js';
import type { Axis, Label, Layout } from '../plotly.js';
import { sliderRoom } from '../sizes.js';
import { number } from '../text.js';

export interface Tick {
  readonly at: number;
  readonly label: string;
}

/** One axis: its place on the picture and what it makes of a value. */
export interface Scale {
  readonly name: string;
  readonly axis: Axis;
  readonly from: number;
  readonly to: number;
  /** The pixel of a value. Errors: a label that the axis does not have. */
  at(value: Label): number;
  /** The pixel of a coordinate already in axis units: a category's index plus or minus a half. */
  raw(n: number): number;
  /** A value in axis units. */
  unit(value: Label): number;
  readonly ticks: readonly Tick[];
}

export interface Plane {
  readonly width: number;
  readonly height: number;
  readonly box: { readonly left: number; readonly right: number; readonly top: number; readonly bottom: number };
  readonly scales: readonly Scale[];
  scale(ref: string): Scale;
}

const AXIS = /^[xy]axis\d*$/;

/** Lays out the plane of a figure. Errors: an axis without a range (the views always give one, so that pictures can be compared). */
export function planeOf(layout: Layout): Plane {
  const cut = sliderRoom(layout.sliders);
  const { margin: m, width } = layout;
  const height = layout.height - cut;
  const box = { left: m.l, right: width - m.r, top: m.t, bottom: layout.height - m.b };
  const scales = Object.keys(layout)
    .filter(k => AXIS.test(k))
    .sort()
    .map(k => scaleOf(k.replace('axis', ''), layout[k] as Axis, box));
  return {
    width,
    height,
    box,
    scales,
    scale(ref) {
      const found = scales.find(s => s.name === ref);
      if (found === undefined)
        throw new TypeError(
          `a trace or mark is on the axis '${ref}', which the layout does not have; it has ${whatThereIs(
            ref,
            scales.map(s => s.name),
          )}`,
        );
      return found;
    },
  };
}

function scaleOf(name: string, axis: Axis, box: Plane['box']): Scale {
  if (axis.range === undefined)
    throw new TypeError(`axis '${name}' has no range; the SVG writer needs one: [first, last]`);
  const [a, b] = axis.domain ?? [0, 1];
  const x = name.startsWith('x');
  const from = x ? box.left + a * (box.right - box.left) : box.bottom - a * (box.bottom - box.top);
  const to = x ? box.left + b * (box.right - box.left) : box.bottom - b * (box.bottom - box.top);
  const unit = (v: Label): number => {
    switch (axis.type) {
      case 'category': {
        if (typeof v === 'number') return v;
        const i = axis.categoryarray?.indexOf(v) ?? -1;
        if (i < 0)
          throw new TypeError(`axis '${name}' has no category '${v}'; it has ${axis.categoryarray?.join(', ')}`);
        return i;
      }
      case 'log':
        return Math.log10(Number(v));
      case 'date':
        return new Date(v).getTime();
      case 'linear':
        return Number(v);
      default:
        throw new TypeError(
          `axis '${name}' is of type '${String(axis.type)}'; the SVG writer knows linear, log, category, date`,
        );
    }
  };
  const [r0, r1] = axis.type === 'date' ? axis.range.map(unit) : axis.range.map(Number);
  const linear = scaleLinear([r0 ?? 0, r1 ?? 1], [from, to]);
  return {
    name,
    axis,
    from,
    to,
    unit,
    at: v => linear(unit(v)),
    raw: n => linear(n),
    ticks: ticksOf(axis, linear, unit),
  };
}

function ticksOf(axis: Axis, scale: ScaleLinear<number, number>, unit: (v: Label) => number): readonly Tick[] {
  const [lo = 0, hi = 1] = [...scale.domain()].sort((p, q) => p - q);
  const vals = axis.tickvals;
  if (vals !== undefined) return vals.map((v, i) => ({ at: scale(unit(v)), label: axis.ticktext?.[i] ?? String(v) }));
  switch (axis.type) {
    case 'category':
      return (axis.categoryarray ?? []).map((label, i) => ({ at: scale(i), label }));
    case 'log': {
      const whole = Array.from({ length: Math.floor(hi) - Math.ceil(lo) + 1 }, (_, i) => Math.ceil(lo) + i);
      return whole.map(e => ({ at: scale(e), label: power(e) }));
    }
    case 'date': {
      const dates = scaleUtc([new Date(lo), new Date(hi)], scale.range());
      return dates.ticks(6).map(d => ({ at: dates(d), label: d.toISOString().slice(0, 7).replace(/-01$/, '') }));
    }
    case 'linear':
      return scale.ticks(6).map(t => ({ at: scale(t), label: number(t) }));
  }
}

function power(e: number): string {
  return e >= 0 && e <= 4 ? String(10 ** e) : `10^${number(e)}`;
}
