/** Elements of the page, made and found. */

export function found<T extends HTMLElement>(id: string): T {
  const element = document.getElementById(id);
  if (element === null) throw new Error(`the page has no #${id}`);
  return element as T;
}

export function made(tag: string, name: string, ...inside: readonly (Node | string)[]): HTMLElement {
  const element = document.createElement(tag);
  if (name !== '') element.className = name;
  element.append(...inside);
  return element;
}

/** A figure as a picture of its own: nothing in it reaches the page. */
export function picture(svg: string, text: string): HTMLImageElement {
  const img = new Image();
  img.alt = text;
  img.src = `data:image/svg+xml,${encodeURIComponent(svg)}`;
  return img;
}
