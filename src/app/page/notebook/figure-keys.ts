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

const sliderOf = (place: Drawn): Slider | undefined => place.layout?.sliders?.[0];

/** Which step is shown; 0: the whole run, or there is no slider. */
export const stepShown = (place: Drawn): number => sliderOf(place)?.active ?? 0;

function tell(place: Drawn, at: number): void {
  const stops = sliderOf(place)?.steps ?? [];
  place.setAttribute('aria-valuemax', String(stops.length - 1));
  place.setAttribute('aria-valuenow', String(at));
  place.setAttribute('aria-valuetext', (stops[at]?.label ?? '').replaceAll('<br>', ' '));
}

/** To be called again when another figure with a slider was drawn in the same place. False: this one has none. */
export function tellStep(place: Drawn): boolean {
  if ((sliderOf(place)?.steps ?? []).length < 2) return false;
  tell(place, stepShown(place));
  return true;
}

/** Makes a figure that has a slider one that can be focused and stepped through: arrows, Home, End. False: it has none. */
export function stepWithKeys(plotly: Steps, place: Drawn): boolean {
  if (!tellStep(place)) return false;
  place.tabIndex = 0;
  // Up and down are the notebook's keys otherwise.
  place.setAttribute('data-lm-suppress-shortcuts', 'true');
  place.setAttribute('role', 'slider');
  place.setAttribute('aria-label', 'step through the run');
  place.setAttribute('aria-valuemin', '0');
  place.addEventListener('keydown', event => {
    const stops = sliderOf(place)?.steps ?? [];
    const at = stopAfter(event.key, stepShown(place), stops.length);
    if (at === undefined || event.altKey || event.ctrlKey || event.metaKey) return;
    // Not the page's scrolling, and not the notebook's own keys.
    event.preventDefault();
    event.stopPropagation();
    const [frame, how] = stops[at]?.args ?? [];
    tell(place, at);
    void plotly.animate(place, frame, how).then(() => plotly.relayout(place, { 'sliders[0].active': at }));
  });
  return true;
}
