/** How a step that a reader wrote is told in a verdict: by what it does to a count, without the model's own locals. */
import type { Seen } from '../model/index.js';

export function yourStep(seen: Seen): string {
  const [got, gave] = [seen.got(), seen.gave()];
  if (got !== '' && gave !== '') return `your step takes ${got} and puts ${gave}`;
  if (got !== '') return `your step takes: ${got}`;
  return gave === '' ? 'your step puts nothing' : `your step puts: ${gave}`;
}
