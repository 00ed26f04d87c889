/** State graph: the states of a small search, or a lasso with its stem and its cycle. */
import { groundsOf, groundsSoFar, type Trace } from '../model/index.js';
import { INK, PAPER, SOFT, VERMILLION } from './colours.js';
import { depthProfile } from './depth-profile.js';
import type { Figure } from './figure.js';
import {
  checkGraph,
  depthsOf,
  type Graph,
  type GraphEdge,
  lassoLayout,
  lassoOf,
  layerLayout,
  type Place,
} from './graph.js';
import { axis, figureOf, onBoth } from './page.js';
import type { Annotation, Scatter } from './plotly.js';
import { EDGE, SMALL } from './sizes.js';
import { heightOf, plainText, plural, wrap } from './text.js';

/** Larger graphs are drawn as a depth profile: a tangle of lines tells nothing. */
export const MAX_NODES = 40;
/** Labels stand beside the nodes up to this many; above, numbers stand in the nodes and the labels in the table. */
const MAX_LABELLED = 18;
const SIZE = 22;

const KINDS = {
  stem: { name: 'stem: the way in', colour: SOFT, dash: 'dash', width: 2 },
  cycle: { name: 'cycle: for ever', colour: VERMILLION, dash: 'solid', width: 3 },
  other: { name: 'a step', colour: SOFT, dash: 'solid', width: 1.3 },
} as const;

/** The graph of a lasso: the states along its stem and its cycle; an edge is a step, a node says what that step changed. */
export function graphOfLasso(lasso: { readonly stem: Trace; readonly cycle: Trace }): Graph {
  const { stem, cycle } = lasso;
  // A cycle given as a whole run repeats the stem; only what comes after it goes round.
  const whole = stem.steps.length > 0 && stem.steps.every((s, i) => String(cycle.steps[i]?.state) === String(s.state));
  const round = whole ? cycle.steps.slice(stem.steps.length) : cycle.steps;
  const steps = [...stem.steps, ...round];
  if (round.length === 0) throw new RangeError('graphOfLasso was given a cycle without steps');
  const said = (i: number): string => {
    const s = steps[i - 1];
    if (s === undefined) return 'start';
    const changed = s.changes.slice(0, 1).map(c => `${c.path} = ${String(c.to)}`);
    return `${s.process} ${s.called}${changed.length === 0 ? '' : `: ${changed.join(', ')}`}`;
  };
  const nodes = Array.from({ length: steps.length }, (_, i) => ({ label: said(i) }));
  const edges = steps.map(
    (s, i): GraphEdge => ({
      from: i,
      to: i + 1 < steps.length ? i + 1 : stem.steps.length,
      label: `${s.process} ${s.called}`,
      kind: i < stem.steps.length ? 'stem' : 'cycle',
    }),
  );
  return { nodes, edges, grounds: groundsOf(stem) };
}

/** Where something stands that lies so far down. */
type Height = (down: number) => number;

/** An arrow an edge; the first of each kind stands in the legend. */
function arrowsOf(edges: readonly GraphEdge[], ways: readonly (readonly Point[])[], y: Height): readonly Scatter[] {
  const drawn = new Set<string>();
  return edges.map((e, n): Scatter => {
    const k = KINDS[e.kind];
    const points = ways[n] ?? [];
    const legend = !drawn.has(e.kind);
    drawn.add(e.kind);
    return {
      type: 'scatter',
      mode: 'lines+markers',
      name: k.name,
      legendgroup: e.kind,
      showlegend: legend,
      x: points.map(p => p[0]),
      y: points.map(p => y(p[1])),
      line: { color: k.colour, width: k.width, dash: k.dash },
      marker: {
        symbol: 'arrow',
        angleref: 'previous',
        standoff: points.map((_, i) => (i === points.length - 1 ? SIZE / 2 + 2 : 0)),
        size: points.map((_, i) => (i === points.length - 1 ? 18 : 0)),
        opacity: 1,
        color: k.colour,
      },
      cliponaxis: false,
      customdata: points.map(() => plainText(`${e.from} to ${e.to}: ${e.label ?? k.name}`)),
      hovertemplate: '%{customdata}<extra></extra>',
    };
  });
}

/** The numbered nodes; those of a cycle in a colour of their own. */
function dotsOf(graph: Graph, places: readonly Place[], y: Height): Scatter {
  const inCycle = new Set(graph.edges.filter(e => e.kind === 'cycle').flatMap(e => [e.from, e.to]));
  return {
    type: 'scatter',
    mode: 'markers+text',
    showlegend: false,
    x: places.map(p => p.x),
    y: places.map(p => y(p.y)),
    text: graph.nodes.map((_, i) => String(i)),
    textposition: 'middle center',
    textfont: { size: SMALL, color: INK },
    marker: {
      symbol: 'circle',
      size: SIZE,
      color: graph.nodes.map((_, i) => (inCycle.has(i) ? '#f4cdb0' : i === 0 ? '#cfe3f1' : PAPER)),
      line: { color: INK, width: 1.5 },
    },
    customdata: graph.nodes.map(node => plainText(node.label)),
    hovertemplate: '%{customdata}<extra></extra>',
    cliponaxis: false,
  };
}

/** The graph in words, as a sentence says it and as a title does. */
function wordsOf(graph: Graph, depth: number): { readonly sentence: string; readonly title: string } {
  const stem = plural(graph.edges.filter(e => e.kind === 'stem').length, 'step');
  const cycle = graph.edges.filter(e => e.kind === 'cycle');
  if (cycle.length === 0) {
    const size = `${plural(graph.nodes.length, 'state')} and ${plural(graph.edges.length, 'step')}, ${depth} deep`;
    return { sentence: size, title: size };
  }
  const round = plural(cycle.length, 'step');
  const steps = cycle.map(e => e.label ?? `to ${e.to}`).join(', ');
  return {
    sentence: `a stem of ${stem} leads into a cycle of ${round}: ${steps}, and again`,
    title: `A stem of ${stem}, then a cycle of ${round} for ever`,
  };
}

/**
 * Shows states as numbered nodes and steps as arrows. A lasso is drawn as one: the stem (dashed) is the way into the trouble, the cycle (thick) is what
 * then goes on for ever. Other graphs stand in layers, a layer a depth. More than 40 nodes are drawn as a depth profile instead.
 * Errors: no nodes, an edge to a node that is not there.
 */
export function stateGraph(graph: Graph, options: { readonly title?: string } = {}): Figure {
  checkGraph(graph);
  const { grounds = groundsSoFar() } = graph;
  if (graph.nodes.length > MAX_NODES) return depthProfile(perDepth(depthsOf(graph)), { ...options, grounds });
  return onBoth(whole => graphOn(graph, options, whole));
}

function graphOn(graph: Graph, options: { readonly title?: string }, whole: number): Figure {
  const n = graph.nodes.length;
  const depths = depthsOf(graph);
  const { grounds = groundsSoFar() } = graph;
  const width = whole - 2 * EDGE;
  const lasso = lassoOf(graph);
  const labelled = n <= MAX_LABELLED;
  const tall = (i: number, room: number): number =>
    labelled ? heightOf(wrap(plainText(graph.nodes[i]?.label ?? ''), room, SMALL), SMALL) : 0;
  const { height, places } =
    lasso === undefined ? layerLayout(graph, width, tall) : lassoLayout(lasso.stem, lasso.cycle, width, tall);
  const ways = graph.edges.map(e =>
    way(
      places[e.from] as Place,
      places[e.to] as Place,
      graph.edges,
      e,
      Math.abs((depths[e.from] ?? 0) - (depths[e.to] ?? 0)),
    ),
  );
  // Bent edges may reach above or below the nodes.
  const top = Math.min(0, ...ways.flat().map(p => p[1] - 10));
  const bottom = Math.max(height, ...ways.flat().map(p => p[1] + 10));
  const y: Height = down => bottom - down;
  const labels = labelled ? graph.nodes.map((node, i): Annotation => label(places[i] as Place, node.label, y)) : [];
  const words = wordsOf(graph, Math.max(...depths));
  return figureOf({
    grounds,
    title: plainText(options.title ?? words.title),
    traces: [...arrowsOf(graph.edges, ways, y), dotsOf(graph, places, y)],
    width: whole,
    plotHeight: Math.ceil(bottom - top),
    left: EDGE,
    right: EDGE,
    bottom: labels.length > 0 ? 34 : EDGE,
    axes: {
      xaxis: axis({ type: 'linear', range: [0, width], visible: false }),
      yaxis: axis({ type: 'linear', range: [0, bottom - top], visible: false }),
    },
    legend: graph.edges.length > 0,
    ...(labels.length === 0 ? {} : { more: { annotations: labels } }),
    text: `State graph: ${words.sentence}.`,
    table: {
      columns: ['from', 'step', 'to', 'kind', 'the state then'],
      rows: graph.edges.map(e => [e.from, e.label ?? '', e.to, e.kind, graph.nodes[e.to]?.label ?? '']),
    },
  });
}

/** How many states there are at each depth. */
function perDepth(depths: readonly number[]): readonly number[] {
  return Array.from({ length: Math.max(...depths) + 1 }, (_, d) => depths.filter(x => x === d).length);
}

function label(p: Place, text: string, y: Height): Annotation {
  const gap = SIZE / 2 + 5;
  const beside = p.side === 'left' || p.side === 'right';
  return {
    text: wrap(plainText(text), p.room, SMALL),
    x: p.x,
    y: y(p.y),
    xref: 'x',
    yref: 'y',
    showarrow: false,
    font: { size: SMALL, color: INK },
    xanchor: p.side === 'right' ? 'left' : p.side === 'left' ? 'right' : 'center',
    yanchor: beside ? 'middle' : p.side === 'below' ? 'top' : 'bottom',
    xshift: p.side === 'right' ? gap : p.side === 'left' ? -gap : 0,
    yshift: beside ? 0 : p.side === 'below' ? 2 - gap : gap - 2,
    align: p.side === 'right' ? 'left' : p.side === 'left' ? 'right' : 'center',
  };
}

type Point = readonly [number, number];

/** The way of an edge: straight; bent where it would lie on the edge that goes back; a loop at one node. */
function way(a: Place, b: Place, edges: readonly GraphEdge[], e: GraphEdge, layers: number): readonly Point[] {
  if (e.from === e.to) {
    const r = SIZE * 0.8;
    return Array.from({ length: 13 }, (_, i): Point => {
      const t = Math.PI * (0.75 + (1.5 * i) / 12);
      return [a.x + r * Math.cos(t), a.y - r * 1.1 + r * Math.sin(t)];
    }).concat([[a.x, a.y]]);
  }
  // Back to an earlier layer, or far along one row: over the top, clear of the labels below the nodes. Others go straight.
  const back = b.x < a.x - 1 && (e.kind !== 'cycle' || edges.some(o => o.from === e.to && o.to === e.from));
  const level = e.kind === 'other' && Math.abs(b.y - a.y) < 8 && b.x - a.x > 260;
  const pair = Math.abs(b.x - a.x) < 2 && edges.some(o => o.from === e.to && o.to === e.from);
  if (!back && !level && !pair)
    return [
      [a.x, a.y],
      [b.x, b.y],
    ];
  const far = Math.hypot(b.x - a.x, b.y - a.y);
  const bend = back ? -0.22 : 0.22;
  const cx = (a.x + b.x) / 2 + (b.y - a.y) * bend;
  // Over several layers: above the highest node, so that it is not taken for an edge of a node on its way.
  const cy = back && layers > 1 ? 2 * (-10 - 9 * layers) - (a.y + b.y) / 2 : (a.y + b.y) / 2 - (b.x - a.x) * bend;
  const n = Math.max(8, Math.ceil(far / 20));
  return Array.from({ length: n + 1 }, (_, i): Point => {
    const t = i / n;
    return [
      (1 - t) ** 2 * a.x + 2 * t * (1 - t) * cx + t ** 2 * b.x,
      (1 - t) ** 2 * a.y + 2 * t * (1 - t) * cy + t ** 2 * b.y,
    ];
  });
}
