/** Reads a file of data/: the one place below the application that needs Node; a bundle for the browser replaces it. */
import { readFileSync } from 'node:fs';

const read = new Map<string, unknown>();
const texts = new Map<string, string>();

/** data/NAME, parsed; read once. */
export function dataFile(name: string): unknown {
  if (!read.has(name))
    read.set(name, JSON.parse(readFileSync(new URL(`../../../data/${name}`, import.meta.url), 'utf8')));
  return read.get(name);
}

/** data/NAME as text; read once. */
export function dataText(name: string): string {
  const text = texts.get(name) ?? readFileSync(new URL(`../../../data/${name}`, import.meta.url), 'utf8');
  texts.set(name, text);
  return text;
}
