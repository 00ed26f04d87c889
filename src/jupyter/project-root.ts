import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder that holds package.json, dist/, data/ and notebooks/. */
export const projectRoot = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
