#!/usr/bin/env node
/** The `put-page` command. Each subcommand is one module with `main(args): Promise<exit code>`. */

interface Command {
  main(args: readonly string[]): Promise<number>;
}

interface Entry {
  readonly usage: string;
  readonly load: () => Promise<Command>;
}

const commands: Readonly<Record<string, Entry>> = {
  decode: { usage: 'decode [FILE | -] [--json] [--release R]', load: () => import('./splat/command.js') },
  execute: {
    usage: 'execute [--check] [--timeout SECONDS] [--jobs N] [NOTEBOOK…]',
    load: () => import('./jupyter/execute/command.js'),
  },
  explore: {
    usage: 'explore SCENARIO [--release R] [--set name=value …] [--property NAME] [--json]   (--help says more)',
    load: () => import('./commands/explore.js'),
  },
  kernel: { usage: 'kernel install [--prefix DIR]', load: () => import('./jupyter/install/command.js') },
  replay: { usage: 'replay [--json]', load: () => import('./commands/replay.js') },
  scenarios: { usage: 'scenarios [--json]', load: () => import('./commands/scenarios.js') },
  start: { usage: 'start [--port N] [--no-browser] [--notebooks DIR]', load: () => import('./app/start.js') },
  sync: { usage: 'sync [--force] NOTEBOOK.ipynb…', load: () => import('./jupyter/execute/sync.js') },
};

function usage(): string {
  const lines = Object.values(commands).map(c => `  put-page ${c.usage}`);
  return ['usage:', ...lines, ''].join('\n');
}

async function main(argv: readonly string[]): Promise<number> {
  const [name, ...args] = argv;
  if (name === undefined || name === 'help' || name === '--help' || name === '-h') {
    process.stdout.write(usage());
    return name === undefined ? 3 : 0;
  }
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (command === undefined) {
    process.stderr.write(`put-page: there is no command '${name}'.\n${usage()}`);
    return 3;
  }
  return (await command.load()).main(args);
}

process.exitCode = await main(process.argv.slice(2));
