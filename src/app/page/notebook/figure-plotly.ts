/** Plotly, and the one way in which this page draws with it: at the width that a figure was set for, in the page's own light. */
import { darkened } from '../../../views/dark.js';
import type { FigureJson } from './figure-bar.js';

export type Plotly = typeof import('plotly.js')['default'];

/** Below this the narrow setting of a figure is taken, where it has one. */
export const narrow = matchMedia('(max-width: 600px)');
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
narrow.addEventListener('change', again);
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

/** What plotly is given: a copy, since it writes into what it draws. */
export function prepared(given: FigureJson): { readonly data: unknown[]; readonly layout: Record<string, unknown> } {
  const set = given.narrow !== undefined && narrow.matches ? given.narrow : given;
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
