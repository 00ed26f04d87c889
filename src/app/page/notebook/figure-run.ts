/** The run behind a cell of a grid, drawn as a score below it. */
import type { Music } from '../../../views/score/music.js';
import { element } from '../dom.js';
import { stepWithKeys } from './figure-keys.js';
import { type Plotly, prepared, redrawn, tight, watchRoom } from './figure-plotly.js';

/** A notebook file can hold anything under this name: what does not fit is not drawn. */
export interface RunsJson {
  readonly music?: readonly Music[];
  readonly of?: readonly (readonly (number | null)[])[];
}

export function runsOf(json: unknown): RunsJson | undefined {
  if (typeof json !== 'string') return undefined;
  try {
    return JSON.parse(json) as RunsJson;
  } catch {
    return undefined;
  }
}

/** Draws it into `into`. @param focus go there with the keyboard, too. The result takes it away. */
export async function showRun(plotly: Plotly, into: HTMLElement, music: Music, focus: boolean): Promise<() => void> {
  const { scoreOf } = await import('../../../views/score/sheet.js');
  const close = element('button', { type: 'button', class: 'pp-button' }, 'Close');
  let small = tight(into);
  const figure = scoreOf(music, small);
  const place = element('div', { class: 'pp-drawing-run', role: 'img', 'aria-label': figure.text });
  const section = element('section', { 'aria-label': `The run of ${music.title}` }, close, place);
  into.replaceChildren(section);
  const draw = async (): Promise<void> => {
    const { plotly: json } = scoreOf(music, small);
    await plotly.newPlot(place, prepared(json as never));
  };
  await draw();
  stepWithKeys(plotly, place);
  const stop = redrawn(() => void draw());
  const unwatched = watchRoom(into, () => {
    if (tight(into) === small) return;
    small = !small;
    void draw();
  });
  if (focus) place.focus();
  section.scrollIntoView({ block: 'nearest' });
  return () => {
    stop();
    unwatched();
    plotly.purge(place);
    into.replaceChildren();
  };
}
