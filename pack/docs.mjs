/** npm run docs: writes the pages of docs/ that are made from the code. test/workshop/guide.test.ts and test/stories/guards.test.ts fail when one is stale. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { withRules } from '../dist/linux/data/rules-text.js';
import { guardsPage } from '../dist/stories/guards-page.js';
import { workshopGuide } from '../dist/workshop/guide.js';

const notebooks = new URL('../notebooks/', import.meta.url);
const names = readdirSync(notebooks).filter(name => name.endsWith('.ts'));
const sources = new Map(names.map(name => [name.slice(0, -3), readFileSync(new URL(name, notebooks), 'utf8')]));

writeFileSync(new URL('../docs/workshop.md', import.meta.url), workshopGuide(sources));
writeFileSync(new URL('../docs/guards.md', import.meta.url), guardsPage());
const truth = new URL('../docs/truth.md', import.meta.url);
writeFileSync(truth, withRules(readFileSync(truth, 'utf8')));
