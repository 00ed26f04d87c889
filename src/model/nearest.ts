/** What to say of a name that is not there: what there is, and the name that was probably meant. */
import { ModelError } from './error.js';
import type { AnyModel } from './model.js';

/** The distance of two words: how many letters are added, dropped, changed, or swapped with their neighbour. */
function distance(a: string, b: string): number {
  let before: number[] = [];
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      next.push(
        Math.min(change, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, swapped ? (before[j - 2] ?? 0) + 1 : Infinity),
      );
    }
    [before, row] = [row, next];
  }
  return row[b.length] ?? 0;
}

/**
 * The known name that is most like `word`; nothing where none is alike enough to be meant. A name that begins or ends with the word
 * counts as alike: `zone-device` for `zone-device-leak`, `put_page` for `memunmap_put_page`.
 */
export function nearest(word: string, known: readonly string[]): string | undefined {
  const asked = word.toLowerCase();
  if (asked === '') return undefined;
  let best: { readonly name: string; readonly far: number } | undefined;
  for (const name of known) {
    const there = name.toLowerCase();
    const part = asked.length > 2 && (there.startsWith(asked) || there.endsWith(asked));
    // `kvm_relase` is alike to the beginning of `kvm_release_pfn_clean`, though most of that is missing.
    const begun = asked.length > 4 ? distance(asked, there.slice(0, asked.length + 1)) + 0.75 : Infinity;
    const far = part ? 0.5 : Math.min(distance(asked, there), begun);
    if (far <= Math.max(1, Math.floor(Math.max(asked.length, there.length) / 3)) && far < (best?.far ?? Infinity))
      best = { name, far };
  }
  return best?.name;
}

/** `a, b, c; did you mean 'b'?`: the end of an error about a name that is not there. */
export function whatThereIs(word: unknown, known: readonly string[]): string {
  const meant = nearest(String(word), known);
  const list = known.join(', ') || 'none';
  return meant === undefined ? list : `${list}; did you mean '${meant}'?`;
}

/** What was expected instead of `name`, and which property was probably meant. */
export function noProperty(model: AnyModel, name: string): ModelError {
  const names = model.properties.map(p => p.name);
  const meant = nearest(name, ['always', 'accounting', ...names]);
  const expected = ["'always' (all of them)", "'accounting'", ...names.map(n => `'${n}'`)].join(', ');
  const guess = meant === undefined ? '' : `; did you mean '${meant}'?`;
  return new ModelError(`${model.name} has no property '${name}'; expected ${expected}${guess}`);
}
