/** A bet that is placed with a click: the question, a button an option (or a field), and a line that says what was bet. */
import { commHost } from '../jupyter/comms/host.js';
import { showUpdatable } from '../jupyter/display.js';
import { viewOf, Widget } from '../widgets/index.js';
import type { Prediction } from './lesson.js';
import { written } from './words.js';

const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
const html = (text: string): string => escaped(text).replaceAll(/`([^`]+)`/g, '<code>$1</code>');

/** A number where it is one, else the words. */
function typed(text: string): string | number {
  const value = text.trim();
  return value !== '' && Number.isFinite(Number(value)) ? Number(value) : value;
}

/**
 * Shows the question with something to click. False: no front end can be spoken to, and nothing was shown.
 * @param words what a front end without widgets shows
 */
export function askWithButtons(
  { question, options }: Prediction,
  bet: string | undefined,
  place: (bet: unknown) => void,
  words: string,
): boolean {
  const host = commHost();
  if (host === undefined) return false;
  const said = (of: string | undefined): string => (of === undefined ? 'No bet yet.' : `Your bet: <b>${html(of)}</b>.`);
  const title = new Widget(host, 'HTML', { value: `<b>${html(question)}</b>` });
  const asked =
    options === undefined
      ? new Widget(host, 'Text', { continuous_update: false, placeholder: 'your bet', value: bet ?? '' })
      : new Widget(host, 'ToggleButtons', {
          _options_labels: options.map(written),
          index: bet === undefined ? null : nullIfNone(options.map(written).indexOf(bet)),
          style: { button_width: 'auto' },
        });
  const line = new Widget(host, 'HTML', { value: said(bet) });
  asked.onChange = changed => {
    const value = options === undefined ? typed(String(changed.value ?? '')) : options[Number(changed.index ?? -1)];
    if (value === undefined || value === '') return;
    place(value);
    line.set({ value: said(written(value)) });
  };
  const root = new Widget(host, 'VBox', { children: [title, asked, line].map(widget => widget.reference) });
  showUpdatable({ ...viewOf(root), 'text/markdown': words, 'text/plain': words }, { id: root.id, update: false });
  return true;
}

const nullIfNone = (index: number): number | null => (index < 0 ? null : index);
