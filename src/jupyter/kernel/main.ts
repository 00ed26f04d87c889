#!/usr/bin/env node
/**
 * The kernel process: `node dist/jupyter/kernel/main.js --connection-file FILE`. tslab compiles and runs the cells; what
 * raw tslab does wrong is mended in kernel.ts. docs/architecture.md, "The kernel", says what and why.
 */
import path from 'node:path';
import { watchParent } from './watch-parent.js';

const args = process.argv.slice(2);
const at = args.findIndex(arg => arg === '--connection-file' || arg === '--config-path');
const file = at >= 0 ? args[at + 1] : undefined;
if (file === undefined) {
  console.error('put-page kernel: --connection-file FILE is missing; Jupyter passes it, see `put-page kernel install`');
  process.exit(3);
}
watchParent(path.dirname(path.resolve(file)));
// Before the library is loaded: only modules that are loaded later show src/*.ts in their stack lines.
process.setSourceMapsEnabled(true);
const { startKernel } = await import('./kernel.js');
await startKernel(path.resolve(file));
