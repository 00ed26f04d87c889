/** Graphs as the views take them, and where their nodes go: layers by depth, or a stem that leads to a cycle on a circle. */

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
}

export interface Place {
  /** Pixels from the left and the top of the plot. */
  readonly x: number;
  readonly y: number;
  /** Where the label goes. */
  readonly side: 'left' | 'right' | 'below';
}

export interface Layout {
  readonly height: number;
  readonly places: readonly Place[];
  /** How wide a label may be. */
  readonly room: number;
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

const ROW = 52;
/** Around a node, beside its label. */
const SPACE = 36;

/**
 * The stem runs down at the left with its labels to its left, its middle level with the entry; the cycle goes round clockwise from its leftmost node.
 * A stem that is long stands in two columns.
 */
export function lassoLayout(stem: readonly number[], cycle: readonly number[], width: number): Layout {
  const room = stem.length > 8 ? 110 : 140;
  const column = room + SPACE;
  const radius = cycle.length === 1 ? 0 : Math.min(170, Math.max(70, (cycle.length * 44) / Math.PI));
  const columns = stem.length === 0 ? 0 : stem.length > 8 ? 2 : 1;
  const perColumn = Math.ceil(stem.length / Math.max(1, columns));
  const height = Math.max(2 * radius + 60, perColumn * ROW + 20, 130);
  const middle = height / 2;
  const all = columns * column + (room + SPACE) + 2 * radius + room + SPACE;
  const left = Math.max(0, (width - all) / 2);
  const places: Place[] = [];
  stem.forEach((n, i) => {
    const k = Math.floor(i / perColumn);
    const inColumn = Math.min(perColumn, stem.length - k * perColumn);
    const y = middle + ((i % perColumn) - (inColumn - 1) / 2) * ROW;
    places[n] = { x: left + column * (k + 1) - SPACE / 2, y, side: 'left' };
  });
  const centre = left + columns * column + room + SPACE + radius;
  cycle.forEach((n, i) => {
    const a = Math.PI + (2 * Math.PI * i) / cycle.length;
    const right = i === 0 || Math.cos(a) > -0.2;
    places[n] = { x: centre + radius * Math.cos(a), y: middle + radius * Math.sin(a), side: right ? 'right' : 'left' };
  });
  return { height, places, room };
}

/** Layers from left to right; within a layer, nodes stand in the order of those that lead to them. */
export function layerLayout(g: Graph, width: number): Layout {
  const depths = depthsOf(g);
  const last = Math.max(...depths);
  const layers = Array.from({ length: last + 1 }, (_, d) => g.nodes.map((_, i) => i).filter(i => depths[i] === d));
  const column = width / (last + 1);
  const row = 64;
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
      places[n] = { x: column * (d + 0.5), y: (height * (i + 0.5)) / order.length, side: 'below' };
    });
  });
  return { height, places, room: column - 6 };
}
