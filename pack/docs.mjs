/** npm run docs: writes the pages of docs/ that are made from the code. test/workshop/guide.test.ts fails when one is stale. */
import { writeFileSync } from 'node:fs';
import { workshopGuide } from '../dist/workshop/guide.js';

writeFileSync(new URL('../docs/workshop.md', import.meta.url), workshopGuide());
