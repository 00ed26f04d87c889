/** Stepping through a figure with the keyboard: plotly's slider takes the pointer only. */

interface Stop {
  readonly value?: string;
  readonly label?: string;
  readonly args: readonly unknown[];
}
interface Slider {
  readonly active?: number;
  readonly steps?: readonly Stop[];
}
interface Drawn extends HTMLElement {
  readonly layout?: { readonly sliders?: readonly Slider[] };
}

/** Where a key leads from stop `at` of `n`; undefined: the key is not for the slider. */
export function stopAfter(key: string, at: number, n: number): number | undefined {
  switch (key) {
    case 'ArrowRight':
    case 'ArrowDown':
      return Math.min(at + 1, n - 1);
    case 'ArrowLeft':
    case 'ArrowUp':
      return Math.max(at - 1, 0);
    case 'Home':
      return 0;
    case 'End':
      return n - 1;
    default:
      return undefined;
  }
}

/** What it needs of plotly. */
export interface Steps {
  animate(node: HTMLElement, frames: unknown, how: unknown): Promise<unknown>;
  relayout(node: HTMLElement, change: Record<string, unknown>): Promise<unknown>;
}

/** Makes a figure that has a slider one that can be focused and stepped through: arrows, Home, End. False: it has none. */
export function stepWithKeys(plotly: Steps, place: HTMLElement): boolean {
  const sliderOf = (): Slider | undefined => (place as Drawn).layout?.sliders?.[0];
  const stops = sliderOf()?.steps ?? [];
  if (stops.length < 2) return false;
  place.tabIndex = 0;
  // Up and down are the notebook's keys otherwise.
  place.setAttribute('data-lm-suppress-shortcuts', 'true');
  place.setAttribute('role', 'slider');
  place.setAttribute('aria-label', 'step through the run');
  place.setAttribute('aria-valuemin', '0');
  place.setAttribute('aria-valuemax', String(stops.length - 1));
  const tell = (at: number): void => {
    place.setAttribute('aria-valuenow', String(at));
    place.setAttribute('aria-valuetext', (stops[at]?.label ?? '').replaceAll('<br>', ' '));
  };
  tell(sliderOf()?.active ?? 0);
  place.addEventListener('keydown', event => {
    const at = stopAfter(event.key, sliderOf()?.active ?? 0, stops.length);
    if (at === undefined || event.altKey || event.ctrlKey || event.metaKey) return;
    // Not the page's scrolling, and not the notebook's own keys.
    event.preventDefault();
    event.stopPropagation();
    const [frame, how] = stops[at]?.args ?? [];
    tell(at);
    void plotly.animate(place, frame, how).then(() => plotly.relayout(place, { 'sliders[0].active': at }));
  });
  return true;
}
