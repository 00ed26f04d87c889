/** One click makes a notebook live. Until then nothing of the kernel is loaded. */
const place = document.querySelector<HTMLElement>('.live');
const button = place?.querySelector('button');

if (place !== null && button !== null && button !== undefined) {
  place.hidden = false;
  button.addEventListener('click', async () => {
    button.disabled = true;
    button.textContent = 'Loading…';
    try {
      const { makeLive } = await import('./run/live-notebook.js');
      await makeLive(place.dataset.notebook ?? '', place);
    } catch (error) {
      button.disabled = false;
      button.textContent = 'Try again';
      place.querySelector('span')?.replaceChildren(error instanceof Error ? error.message : String(error));
    }
  });
}
