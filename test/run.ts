/**
 * Runs every built test file, or those whose path holds one of the arguments: `npm test -- model views`.
 * With CI=true a skipped test is a failure; elsewhere the skips are listed at the end.
 */
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { run } from 'node:test';
import { spec } from 'node:test/reporters';

const here = import.meta.dirname ?? path.dirname(new URL(import.meta.url).pathname);
const wanted = process.argv.slice(2);
const files = readdirSync(here, { recursive: true, encoding: 'utf8' })
  .filter(f => f.endsWith('.test.js') && (wanted.length === 0 || wanted.some(w => f.includes(w))))
  .map(f => path.join(here, f))
  .sort();
if (files.length === 0) {
  console.error(`no test file matches ${wanted.join(' ')}; test files are test/**/*.test.ts`);
  process.exit(1);
}

const skipped: string[] = [];
const stream = run({ files, concurrency: 2 });
stream.on('test:fail', () => {
  process.exitCode = 1;
});
stream.on('test:pass', event => {
  if (event.skip !== undefined || event.todo !== undefined) skipped.push(`${event.name}: ${event.skip ?? event.todo}`);
});
process.on('exit', () => {
  for (const s of skipped) console.log(`SKIPPED ${s}`);
  if (skipped.length > 0 && process.env.CI === 'true') {
    console.log('a skipped test is a failure under CI=true');
    process.exitCode = 1;
  }
});
stream.compose(new spec()).pipe(process.stdout);
