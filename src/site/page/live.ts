/** One click makes a notebook live. Until then nothing of the kernel is loaded. */
import { stylesOf } from './run/styles.js';

const place = document.querySelector<HTMLElement>('.live');
const button = place?.querySelector('button');

if (place !== null && button !== null && button !== undefined) {
  place.hidden = false;
  button.addEventListener('click', async () => {
    button.disabled = true;
    button.textContent = 'Loading…';
    try {
      const [{ makeLive }] = await Promise.all([import('./run/live-notebook.js'), stylesOf('live.css')]);
      await makeLive(place.dataset.notebook ?? '', place);
    } catch (error) {
      button.disabled = false;
      button.textContent = 'Try again';
      place.querySelector('span')?.replaceChildren(error instanceof Error ? error.message : String(error));
    }
  });
}
