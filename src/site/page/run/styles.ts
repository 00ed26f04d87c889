/** Style sheets that come when they are needed. */

const asked = new Map<string, Promise<void>>();

function loaded(file: string): Promise<void> {
  return new Promise(resolve => {
    const link = document.createElement('link');
    link.rel = 'stylesheet';
    link.href = new URL(`./${file}`, import.meta.url).href;
    for (const event of ['load', 'error']) link.addEventListener(event, () => resolve(), { once: true });
    document.head.append(link);
  });
}

/** Resolves when the style sheet is there, or cannot be had. @param file beside the scripts */
export function stylesOf(file: string): Promise<void> {
  const known = asked.get(file) ?? loaded(file);
  asked.set(file, known);
  return known;
}
