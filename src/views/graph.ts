/** Graphs as the views take them, and where their nodes go: layers by depth, or a stem that leads to a cycle on a circle. */
import type { Ground } from '../model/index.js';

export interface GraphNode {
  readonly label: string;
  /** Steps from the start; found by breadth-first search unless told. */
  readonly depth?: number;
}

export interface GraphEdge {
  /** Index of a node. */
  readonly from: number;
  readonly to: number;
  /** The step that leads there. */
  readonly label?: string;
  readonly kind: 'stem' | 'cycle' | 'other';
}

export interface Graph {
  /** The first is the start. */
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly GraphEdge[];
  /** The rules of releases that it rests on. */
  readonly grounds?: readonly Ground[];
}

export interface Place {
  /** Pixels from the left and the top of the plot. */
  readonly x: number;
  readonly y: number;
  /** Where the label goes. */
  readonly side: 'left' | 'right' | 'above' | 'below';
  /** How wide the label may be. */
  readonly room: number;
}

export interface Layout {
  readonly height: number;
  readonly places: readonly Place[];
}

/** Errors: an edge to a node that is not there. */
export function checkGraph(g: Graph): void {
  if (g.nodes.length === 0) throw new RangeError('a state graph needs at least one node: the start');
  for (const e of g.edges)
    if (g.nodes[e.from] === undefined || g.nodes[e.to] === undefined)
      throw new RangeError(
        `the edge '${e.label ?? ''}' goes from node ${e.from} to ${e.to}; there are nodes 0 to ${g.nodes.length - 1}`,
      );
}

/** The depth of each node; what cannot be reached from the start stands one layer behind the last. */
export function depthsOf(g: Graph): readonly number[] {
  const depth = g.nodes.map((n, i) => n.depth ?? (i === 0 ? 0 : -1));
  let layer = g.nodes.map((_, i) => i).filter(i => depth[i] === 0);
  for (let d = 1; layer.length > 0 && g.nodes.some(n => n.depth === undefined); d++) {
    const next = g.edges.filter(e => layer.includes(e.from) && depth[e.to] === -1).map(e => e.to);
    for (const i of next) depth[i] = d;
    layer = [...new Set(next)];
  }
  const last = Math.max(...depth);
  return depth.map(d => (d === -1 ? last + 1 : d));
}

/** Nodes along the edges of one kind, in order, from `start`; undefined when they do not make one way. */
function along(g: Graph, kind: 'stem' | 'cycle', start: number): readonly number[] | undefined {
  const edges = g.edges.filter(e => e.kind === kind);
  const way = [start];
  for (let i = 0; i < edges.length; i++) {
    const out = edges.filter(e => e.from === way.at(-1));
    if (out.length !== 1 || out[0] === undefined) return undefined;
    way.push(out[0].to);
  }
  return way;
}

/** A lasso: `stem` up to the entry, `cycle` from the entry on; undefined when the graph is something else. */
export function lassoOf(g: Graph): { readonly stem: readonly number[]; readonly cycle: readonly number[] } | undefined {
  if (g.edges.some(e => e.kind === 'other') || !g.edges.some(e => e.kind === 'cycle')) return undefined;
  const stem = along(g, 'stem', 0);
  const entry = stem?.at(-1);
  const round = entry === undefined ? undefined : along(g, 'cycle', entry);
  if (stem === undefined || round === undefined || round.at(-1) !== entry) return undefined;
  const [before, cycle] = [stem.slice(0, -1), round.slice(0, -1)];
  const all = new Set([...before, ...cycle]);
  return all.size === g.nodes.length && before.length + cycle.length === all.size ? { stem: before, cycle } : undefined;
}

/** Around a node, beside its label. */
const SPACE = 36;
const LABEL = 140;
/** Below this width there is no room for labels beside both a stem and its cycle. */
const NARROW = 500;
/** Nodes nearer to the top or the bottom of the circle than this have their labels above or below. */
const STEEP = 0.35;

/** How tall a node's label is when it is that wide; 0 where labels are not drawn. */
export type LabelHeight = (node: number, room: number) => number;

/**
 * The stem runs down at the left with its labels to its left, its middle level with the entry; the cycle goes round clockwise from its leftmost node, whose
 * label stands inside.
 */
export function lassoLayout(
  stem: readonly number[],
  cycle: readonly number[],
  width: number,
  tall: LabelHeight,
): Layout {
  if (width < NARROW) return lassoDown(stem, cycle, width, tall);
  const highest = Math.max(...[...stem, ...cycle].map(n => tall(n, LABEL)));
  const row = Math.max(stem.length > 8 ? 36 : 50, highest + 8);
  const apart = Math.max(44, highest + 6);
  const radius = cycle.length === 1 ? 0 : Math.min(170, Math.max(70, (cycle.length * apart) / Math.PI));
  const height = Math.max(2 * radius + 2 * Math.max(36, highest + 24), stem.length * row + 20, 130);
  const middle = height / 2;
  const column = stem.length === 0 ? 0 : LABEL + SPACE;
  const left = Math.max(0, (width - column - 2 * (LABEL + SPACE) - 2 * radius) / 2);
  const places: Place[] = [];
  stem.forEach((n, i) => {
    places[n] = {
      x: left + column - SPACE / 2,
      y: middle + (i - (stem.length - 1) / 2) * row,
      side: 'left',
      room: LABEL,
    };
  });
  const centre = left + column + LABEL + SPACE + radius;
  cycle.forEach((n, i) => {
    const a = Math.PI + (2 * Math.PI * i) / cycle.length;
    const [cos, sin] = [Math.cos(a), Math.sin(a)];
    const outside = Math.abs(cos) < STEEP ? (sin < 0 ? 'above' : 'below') : cos > 0 ? 'right' : 'left';
    const side = cycle.length === 1 ? 'right' : cycle.length === 2 ? 'below' : i === 0 ? 'right' : outside;
    const inside = i === 0 && cycle.length > 2;
    places[n] = {
      x: centre + radius * cos,
      y: middle + radius * sin,
      side,
      room: inside ? Math.min(LABEL, 1.5 * radius - 30) : LABEL - (cycle.length === 2 ? 10 : 0),
    };
  });
  return { height, places };
}

/** The same on a telephone: the stem above its cycle, labels at both sides. */
function lassoDown(stem: readonly number[], cycle: readonly number[], width: number, tall: LabelHeight): Layout {
  const middle = width / 2;
  const radius = cycle.length === 1 ? 0 : Math.min(70, Math.max(46, cycle.length * 8));
  const room = middle - radius - 22;
  const highest = Math.max(...[...stem, ...cycle].map(n => tall(n, room)));
  const row = Math.max(50, highest + 8);
  const top = 20 + stem.length * row + radius;
  const places: Place[] = [];
  stem.forEach((n, i) => {
    places[n] = { x: middle, y: 20 + i * row, side: 'right', room: middle - 30 };
  });
  cycle.forEach((n, i) => {
    const a = (2 * Math.PI * i) / cycle.length - Math.PI / 2;
    const [cos, sin] = [Math.cos(a), Math.sin(a)];
    const side = i === 0 ? 'right' : Math.abs(cos) < STEEP && sin > 0 ? 'below' : cos > 0 ? 'right' : 'left';
    places[n] = { x: middle + radius * cos, y: top + radius * sin, side, room: side === 'below' ? LABEL : room };
  });
  return { height: top + radius + Math.max(30, highest + 14), places };
}

/** Layers from left to right; within a layer, nodes stand in the order of those that lead to them. */
export function layerLayout(g: Graph, width: number, tall: LabelHeight): Layout {
  const depths = depthsOf(g);
  const last = Math.max(...depths);
  const layers = Array.from({ length: last + 1 }, (_, d) => g.nodes.map((_, i) => i).filter(i => depths[i] === d));
  const column = width / (last + 1);
  const highest = Math.max(...g.nodes.map((_, n) => tall(n, column - 6)));
  const row = highest === 0 ? 34 : highest + 46;
  const most = Math.max(...layers.map(l => l.length));
  const height = Math.max(140, most * row + 20);
  const places: Place[] = [];
  layers.forEach((layer, d) => {
    const rank = (n: number): number => {
      const from = g.edges.filter(e => e.to === n && (depths[e.from] ?? 0) < d).map(e => places[e.from]?.y ?? 0);
      return from.length === 0 ? 0 : from.reduce((a, b) => a + b, 0) / from.length;
    };
    const order = [...layer].sort((a, b) => rank(a) - rank(b) || a - b);
    order.forEach((n, i) => {
      places[n] = { x: column * (d + 0.5), y: (height * (i + 0.5)) / order.length, side: 'below', room: column - 6 };
    });
  });
  return { height, places };
}
