#!/usr/bin/env node
/** The `put-page-decode` command of the package that stands alone: the same as `put-page decode`. */
import { readFileSync } from 'node:fs';
import { main } from './command.js';

const name = 'put-page-decode';
const args = process.argv.slice(2);

if (args.length === 1 && (args[0] === '--version' || args[0] === '-V')) {
  const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  process.stdout.write(`${name} ${version}\n`);
} else {
  main(args, name).then(code => {
    process.exitCode = code;
  });
}
