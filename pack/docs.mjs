/** npm run docs: writes the pages of docs/ that are made from the code. test/workshop/guide.test.ts and test/stories/guards.test.ts fail when one is stale. */
import { writeFileSync } from 'node:fs';
import { guardsPage } from '../dist/stories/guards-page.js';
import { workshopGuide } from '../dist/workshop/guide.js';

writeFileSync(new URL('../docs/workshop.md', import.meta.url), workshopGuide());
writeFileSync(new URL('../docs/guards.md', import.meta.url), guardsPage());
