/** A figure that moves: plotly's drawing, its bar, and the run behind a cell of it; where plotly fails, the SVG stands in. It knows no notebook. */
import { element } from '../dom.js';
import { FigureBar, type FigureJson } from './figure-bar.js';
import { stepShown, stepWithKeys, tellStep } from './figure-keys.js';
import { type Plotly, prepared, redrawn, tight, watchRoom, widthOf } from './figure-plotly.js';

/** The element in which plotly drew; it tells of clicks. */
interface Drawn extends HTMLElement {
  on?(event: 'plotly_click', then: (told: { readonly points?: readonly Point[] }) => void): void;
}
interface Point {
  readonly x: unknown;
  readonly y: unknown;
}

export class DrawnFigure {
  readonly node: HTMLElement;
  #purge: (() => void) | null = null;
  /** What is drawn now, and whether with a slider: one figure is drawn over another of its kind. */
  #place: HTMLElement | undefined;
  #stepping = false;
  #small = false;
  #drawing: Promise<void> = Promise.resolve();
  #wanted: FigureJson | undefined;
  #text = 'figure';
  #bar: FigureBar | undefined;
  readonly #still = redrawn(() => {
    const figure = this.#wanted;
    if (figure !== undefined && this.#purge !== null) void this.#queue(figure, true);
  });

  readonly #unwatched: () => void;

  /** @param node in which it is drawn; what stands there stays until the figure is drawn */
  constructor(node: HTMLElement) {
    this.node = node;
    node.classList.add('pp-figure');
    node.setAttribute('role', 'group');
    this.#unwatched = watchRoom(node, () => {
      const figure = this.#wanted;
      if (figure?.narrow === undefined || this.#purge === null) return;
      if (tight(node, widthOf(figure)) !== this.#small) void this.#queue(figure, true);
    });
  }

  /** Draws the figure, in place of what was drawn before where that can be. @param svg what is shown where plotly cannot draw it */
  async show(figure: FigureJson, text: unknown, svg: unknown): Promise<void> {
    this.#text = typeof text === 'string' ? text : 'figure';
    this.node.setAttribute('aria-label', this.#text);
    try {
      await this.#queue(figure, false);
    } catch (error) {
      console.warn('plotly could not draw this figure; its SVG is shown', error);
      this.#showPicture(svg);
    }
  }

  /** One after the other; of figures that come faster than they can be drawn, the last. */
  async #queue(figure: FigureJson, anew: boolean): Promise<void> {
    this.#wanted = figure;
    this.#drawing = this.#drawing
      .catch(() => {})
      .then(() => (this.#wanted === figure ? this.#draw(figure, anew) : undefined));
    await this.#drawing;
  }

  async #draw(figure: FigureJson, anew: boolean): Promise<void> {
    const { default: plotly } = await import('plotly.js');
    this.#small = tight(this.node, widthOf(figure));
    const whole = prepared(figure, this.#small);
    const stepping = 'frames' in whole;
    // A control moves: the figure stays where it is and changes. Not one that was stepped through: plotly would leave the slider's grip where it is.
    if (this.#place !== undefined && this.#stepping === stepping && stepShown(this.#place) === 0) {
      await plotly.react(this.#place, whole);
      if (!tellStep(this.#place)) this.#place.setAttribute('aria-label', this.#text);
      if (!anew) this.#bar?.show(figure);
      return;
    }
    const place = element('div', { class: 'pp-drawing' });
    this.#purge?.();
    const bar = this.#barOf(plotly, figure, anew);
    this.node.replaceChildren(place, bar.node);
    await plotly.newPlot(place, whole);
    this.#place = place;
    this.#stepping = stepping;
    if (!stepWithKeys(plotly, place)) {
      place.setAttribute('role', 'img');
      place.setAttribute('aria-label', this.#text);
    }
    if (figure.table !== undefined) place.setAttribute('aria-details', bar.tableId);
    this.#chooses(place, bar);
    this.#purge = () => plotly.purge(place);
  }

  #barOf(plotly: Plotly, figure: FigureJson, anew: boolean): FigureBar {
    const bar =
      this.#bar ?? new FigureBar(plotly, () => this.node.querySelector<HTMLElement>('.pp-drawing') ?? undefined);
    if (this.#bar === undefined || !anew) bar.show(figure);
    this.#bar = bar;
    return bar;
  }

  /** A click on a cell of a grid draws its run below. */
  #chooses(place: Drawn, bar: FigureBar): void {
    place.on?.('plotly_click', ({ points: [point] = [] }) => {
      const table = this.#wanted?.table;
      if (point === undefined || table === undefined) return;
      const row = table.rows.findIndex(cells => cells[0] === point.y);
      const column = table.columns.slice(1).indexOf(String(point.x));
      if (bar.has(row, column)) bar.choose(row, column);
    });
    this.node.toggleAttribute('data-runs', this.#wanted?.runs !== undefined);
  }

  #showPicture(svg: unknown): void {
    this.#place = undefined;
    const source = Array.isArray(svg) ? svg.join('') : svg;
    this.node.replaceChildren(
      typeof source === 'string'
        ? element('img', { src: `data:image/svg+xml;charset=utf-8,${encodeURIComponent(source)}`, alt: this.#text })
        : element('p', {}, this.#text),
    );
  }

  /** It is gone from the page. */
  end(): void {
    this.#still();
    this.#unwatched();
    this.#purge?.();
  }
}
