/** Plotly, and the one way in which this page draws with it: at the width that a figure was set for, in the page's own light. */
import { darkened } from '../../../views/dark.js';
import type { FigureJson } from './figure-bar.js';

export type Plotly = typeof import('plotly.js')['default'];

/** A place that is not in the page yet has no width: there the window decides. */
const narrow = matchMedia('(max-width: 600px)');
const paper = matchMedia('print');
const dark = matchMedia('(prefers-color-scheme: dark)');

/** Of a figure that does not say its own. */
const SIZE = { width: 800, height: 380 };

const CONFIG = { displaylogo: false, displayModeBar: false };

let printing = false;
/** Figures on the page, each to be drawn again when light or room change. */
const drawn = new Set<() => void>();
const again = (): void => {
  for (const draw of drawn) draw();
};
dark.addEventListener('change', again);

// Paper is white.
for (const [event, to] of [['beforeprint', true] as const, ['afterprint', false] as const])
  addEventListener(event, () => {
    printing = to;
    if (dark.matches) again();
  });

/** Calls `draw` whenever the light or the room of the page change, until the result is called. */
export function redrawn(draw: () => void): () => void {
  drawn.add(draw);
  return () => drawn.delete(draw);
}

/** Is there less room in `place` than a figure of that many pixels needs? Its narrow setting is taken then, where it has one. */
export function tight(place: HTMLElement, wide: number = SIZE.width): boolean {
  return place.clientWidth > 0 ? place.clientWidth < wide : narrow.matches;
}

/** Calls `then` when a figure of that width begins to fit into `place`, or ceases to. Paper makes figures smaller instead. The result ends it. */
export function watchRoom(place: HTMLElement, then: () => void): () => void {
  let before = place.clientWidth;
  const observer = new ResizeObserver(() => {
    const now = place.clientWidth;
    if (now === before || now === 0 || printing || paper.matches) return;
    before = now;
    then();
  });
  observer.observe(place);
  return () => observer.disconnect();
}

export const widthOf = (figure: FigureJson): number => Number(figure.layout?.width ?? SIZE.width);

/** What plotly is given: a copy, since it writes into what it draws. */
export function prepared(
  given: FigureJson,
  small = false,
): { readonly data: unknown[]; readonly layout: Record<string, unknown> } {
  const set = given.narrow !== undefined && small ? given.narrow : given;
  const { data = [], layout = {}, frames, config } = dark.matches && !printing ? darkened(set) : set;
  // Words do not shrink with the page, and were set for this width: where there is less room, the figure scrolls. The width is told, because
  // plotly measures, and takes 700 for an output that is not in the page yet.
  return {
    data: structuredClone(data),
    layout: structuredClone({ ...SIZE, ...layout }),
    ...(frames === undefined ? {} : { frames: structuredClone(frames) }),
    config: { ...CONFIG, ...config },
  } as ReturnType<typeof prepared>;
}
