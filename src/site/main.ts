/** `npm run site [-- --out DIR]` */
import path from 'node:path';
import { parseArgs } from 'node:util';
import { projectRoot } from '../jupyter/project-root.js';
import { buildSite } from './build.js';

const { values } = parseArgs({ options: { out: { type: 'string', default: path.join(projectRoot, 'site') } } });
await buildSite(path.resolve(values.out));
process.stdout.write(`${path.resolve(values.out)}: put this folder on any web server\n`);
