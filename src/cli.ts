#!/usr/bin/env node
/** The `put-page` command. */
import { main } from './commands/main.js';

process.exitCode = await main(process.argv.slice(2));
