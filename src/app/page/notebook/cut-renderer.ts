/** Stands where an output was cut: how much is not shown, and the way to all of it. */
import type { IRenderMime } from '@jupyterlab/rendermime';
import { Widget } from '@lumino/widgets';
import { element } from '../dom.js';
import { showWhole } from './whole-output.js';

const MIME = 'application/vnd.put-page.cut+json';

/** As src/app/kernels/output-cut.ts writes it. */
interface Cut {
  /** Null when the disk did not take the whole output. */
  readonly id: string | null;
  readonly lines: number;
  readonly chars: number;
  readonly text: string;
}

/** A notebook file can hold anything under this name. */
function cutOf(value: unknown): Cut | null {
  const { id, lines, text } = (value ?? {}) as Partial<Cut>;
  const good = typeof lines === 'number' && typeof text === 'string' && (id === null || /^[\w-]{1,64}$/.test(id ?? ''));
  return good ? (value as Cut) : null;
}

class CutRenderer extends Widget implements IRenderMime.IRenderer {
  constructor() {
    super();
    this.addClass('pp-cut');
  }

  async renderModel(model: IRenderMime.IMimeModel): Promise<void> {
    const cut = cutOf(model.data[MIME]);
    const { id, text } = cut ?? { id: null, text: String(model.data['text/plain'] ?? '') };
    this.node.replaceChildren(element('span', {}, text));
    if (cut === null || id === null) return;
    const all = element('button', { type: 'button', class: 'pp-button pp-strong' }, 'Show all');
    all.addEventListener('click', () => void showWhole(id));
    const load = element('a', { href: `/api/put-page/outputs/${id}`, download: 'output.txt' }, 'Download');
    this.node.append(all, load);
  }
}

export const cutRendererFactory: IRenderMime.IRendererFactory = {
  safe: true,
  mimeTypes: [MIME],
  defaultRank: 0,
  createRenderer: () => new CutRenderer(),
};
