/** `put-page decode`: the command of src/splat, which is published alone too and so reads its arguments itself. */
import { main as decode } from '../splat/command.js';
import type { Given } from './spec.js';

export async function main(given: Given): Promise<number> {
  return decode(given.args);
}
