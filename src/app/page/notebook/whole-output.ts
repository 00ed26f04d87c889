/** A window on an output of any length: only the lines in sight are in the page, the others stay with the server. */
import { element } from '../dom.js';

const LINE_PX = 18;

/** Browsers cannot lay out what is higher; beyond that a pixel of the scroll bar stands for more than one line. */
const HEIGHT_MAX = 15_000_000;

const BLOCK = 500;
const BLOCKS_KEPT = 40;

interface Part {
  readonly total: number;
  readonly lines: readonly string[];
}

export async function showWhole(id: string): Promise<void> {
  const count = element('span', { class: 'pp-whole-count' });
  const text = element('pre', { class: 'pp-whole-text' });
  const inside = element('div', { class: 'pp-whole-inside' }, text);
  const scroller = element(
    'div',
    { class: 'pp-whole-lines', tabindex: '0', role: 'region', 'aria-label': 'Output' },
    inside,
  );
  const close = element('button', { class: 'pp-button pp-strong', value: 'close' }, 'Close');
  const load = element('a', { href: `/api/put-page/outputs/${id}`, download: 'output.txt' }, 'Download');
  const head = element('form', { method: 'dialog' }, element('h2', {}, 'The whole output'), count, load, close);
  const dialog = element('dialog', { class: 'pp-dialog pp-whole', 'aria-label': 'The whole output' }, head, scroller);
  document.body.append(dialog);
  dialog.addEventListener('close', () => dialog.remove());
  dialog.showModal();
  scroller.focus();
  const blocks = new Map<number, Promise<Part>>();
  const block = (n: number): Promise<Part> => {
    const known = blocks.get(n) ?? fetchLines(id, n * BLOCK, BLOCK);
    blocks.delete(n);
    blocks.set(n, known);
    for (const [old] of blocks) if (blocks.size > BLOCKS_KEPT) blocks.delete(old);
    return known;
  };

  let total = 0;
  const draw = async (): Promise<void> => {
    const seen = Math.ceil(scroller.clientHeight / LINE_PX) + 1;
    const { scrollTop } = scroller;
    const height = Math.min(total * LINE_PX, HEIGHT_MAX);
    const span = Math.max(1, height - scroller.clientHeight);
    const first = Math.max(0, Math.round((scrollTop / span) * Math.max(0, total - seen + 1)));
    const from = Math.floor(first / BLOCK);
    const parts = await Promise.all([block(from), ...(first + seen > (from + 1) * BLOCK ? [block(from + 1)] : [])]);
    // The reader has scrolled on meanwhile; that position draws itself.
    if (scroller.scrollTop !== scrollTop) return;
    total = parts[0]?.total ?? total;
    const skipped = first - from * BLOCK;
    text.textContent = parts
      .flatMap(part => part.lines)
      .slice(skipped, skipped + seen)
      .join('\n');
    text.style.top = `${scrollTop}px`;
    inside.style.height = `${Math.min(total * LINE_PX, HEIGHT_MAX)}px`;
    const last = Math.min(first + seen, total);
    count.textContent = `lines ${(first + 1).toLocaleString('en')} to ${last.toLocaleString('en')} of ${total.toLocaleString('en')}`;
  };
  const fail = (error: unknown): void => {
    text.textContent = error instanceof Error ? error.message : String(error);
  };
  scroller.addEventListener('scroll', () => void draw().catch(fail));
  await draw().then(draw).catch(fail);
}

async function fetchLines(id: string, first: number, many: number): Promise<Part> {
  const response = await fetch(`/api/put-page/outputs/${id}/lines?first=${first}&many=${many}`, { cache: 'no-store' });
  const body = (await response.json()) as Part & { readonly message?: string };
  if (!response.ok) throw new Error(body.message ?? `the server answered ${response.status}`);
  return body;
}
