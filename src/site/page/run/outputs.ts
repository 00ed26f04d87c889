/** What a cell left, on a live page: figures and controls that move, and everything else as it is read. */
import { DrawnFigure } from '../../../app/page/notebook/drawn-figure.js';
import type { FigureJson } from '../../../app/page/notebook/figure-bar.js';
import type { Links } from '../../../handouts/markdown.js';
import { renderOutput, type StoredOutput } from '../../../handouts/output.js';
import type { MimeBundle } from '../../../jupyter/display.js';
import type { CellOutput } from '../../kernel.js';
import { made } from '../explore/dom.js';
import type { Controls } from './controls.js';

const PLOTLY = 'application/vnd.plotly.v1+json';
const CONTROL = 'application/vnd.jupyter.widget-view+json';

const links: Links = { glossary: new Map(), used: new Set(), anchors: new Set(), notebook: name => `${name}.html` };

/** The checker's errors point at their places, a line each. */
const withLines = (output: CellOutput): StoredOutput =>
  output.output_type === 'error' && output.traceback !== undefined
    ? { output_type: 'stream', name: 'stderr', text: output.traceback.join('\n') }
    : { ...output };

/** One output, and where it stands. */
class Shown {
  readonly node = made('div', 'output');
  output: CellOutput;
  readonly #controls: Controls;
  #figure: DrawnFigure | undefined;
  #end: (() => void) | undefined;
  /** The control that is to be seen here. */
  #wanted: string | undefined;

  constructor(output: CellOutput, controls: Controls) {
    this.output = output;
    this.#controls = controls;
  }

  show(): void {
    const data: MimeBundle = 'data' in this.output ? this.output.data : {};
    const figure = data[PLOTLY] as FigureJson | undefined;
    if (figure === undefined) this.#figure = void this.#figure?.end();
    if (this.#figure === undefined || figure === undefined) this.#write();
    if (figure !== undefined) {
      this.#figure ??= new DrawnFigure(this.node);
      void this.#figure.show(figure, data['text/plain'], data['image/svg+xml']);
    }
    const { model_id: id } = (data[CONTROL] ?? {}) as { readonly model_id?: string };
    this.#wanted = id;
    if (id !== undefined) void this.#control(id);
  }

  /** As it is read. */
  #write(): void {
    this.#end?.();
    this.#end = undefined;
    this.node.className = 'output';
    this.node.removeAttribute('role');
    this.node.removeAttribute('aria-label');
    this.node.innerHTML = renderOutput(withLines(this.output), links);
  }

  async #control(id: string): Promise<void> {
    const place = made('div', 'pp-widgets');
    const words = [...this.node.childNodes];
    this.node.replaceChildren(place);
    const gone = (): void => {
      if (this.#wanted !== id) return;
      this.#write();
      this.node.append(made('p', 'quiet', 'Run the cell to use the controls.'));
    };
    const end = await this.#controls.draw(id, place, gone);
    if (end === undefined) this.node.replaceChildren(...words);
    else if (this.#wanted === id) this.#end = end;
    else end();
  }

  end(): void {
    this.#wanted = undefined;
    this.#end?.();
    this.#figure?.end();
  }
}

export class Outputs {
  readonly #node: HTMLElement;
  readonly #controls: Controls;
  #all: Shown[] = [];
  /** The cell has begun again: what stands here is what an earlier run left. It stays until there is something new, so that nothing jumps. */
  #old = true;

  constructor(node: HTMLElement, controls: Controls) {
    this.#node = node;
    this.#controls = controls;
  }

  get all(): readonly CellOutput[] {
    return this.#old ? [] : this.#all.map(one => one.output);
  }

  begin(): void {
    this.#old = true;
  }

  /** What is old goes now. */
  drop(): void {
    if (!this.#old) return;
    this.#old = false;
    for (const one of this.#all) one.end();
    this.#all = [];
    this.#node.replaceChildren();
  }

  take(output: CellOutput): void {
    this.drop();
    const last = this.#all.at(-1);
    // Text that came in pieces is one output.
    if (last?.output.output_type === 'stream' && output.output_type === 'stream' && last.output.name === output.name) {
      last.output = { ...output, text: last.output.text + output.text };
      last.show();
      return;
    }
    const shown = new Shown(output, this.#controls);
    this.#all.push(shown);
    this.#node.append(shown.node);
    shown.show();
  }

  update(id: string, data: MimeBundle): void {
    for (const one of this.#all) {
      if (!('id' in one.output) || one.output.id !== id) continue;
      one.output = { ...one.output, data };
      one.show();
    }
  }
}
