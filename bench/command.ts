/** How long a reader waits for the command, beside node alone; in each round one after the other. Wall clock, and processor time in brackets. */
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { median, round } from './figures.js';

const cli = path.resolve(import.meta.dirname ?? '', '../../dist/cli.js');

const commands = {
  node: ['-e', '0'],
  version: [cli, '--version'],
  explore: [cli, 'explore', 'gupref', '--set', 'pages=3,vcpus=3'],
} as const;
type Name = keyof typeof commands;

/** Milliseconds: wall clock, and what the processors did for it. Errors: there is no bash; the command fails. */
function timed(args: readonly string[]): { readonly wall: number; readonly cpu: number } {
  const script = 'TIMEFORMAT="%R %U %S"; time "$0" "$@" >/dev/null';
  const r = spawnSync('bash', ['-c', script, process.execPath, ...args], { encoding: 'utf8' });
  const [wall, user, system] = r.stderr.trim().split('\n').at(-1)?.split(' ').map(Number) ?? [];
  if (r.status !== 0 || wall === undefined || user === undefined || system === undefined || Number.isNaN(system))
    throw new Error(`bench: node ${args.join(' ')} ended with ${r.status}: ${r.stderr}`);
  return { wall: 1000 * wall, cpu: 1000 * (user + system) };
}

/** Medians of so many rounds: node alone, and what each command takes beyond it. */
export function benchCommand(rounds: number) {
  const times: Record<Name, { wall: number; cpu: number }[]> = { node: [], version: [], explore: [] };
  for (let i = 0; i < rounds; i++)
    for (const name of Object.keys(commands) as Name[]) times[name].push(timed(commands[name]));
  const beyond = (name: Name, what: 'wall' | 'cpu') =>
    round(median(times[name].map((t, i) => t[what] - (times.node[i]?.[what] ?? 0))));
  const row = {
    node: { ms: round(median(times.node.map(t => t.wall))), cpuMs: round(median(times.node.map(t => t.cpu))) },
    versionBeyondNode: { ms: beyond('version', 'wall'), cpuMs: beyond('version', 'cpu') },
    exploreBeyondNode: { ms: beyond('explore', 'wall'), cpuMs: beyond('explore', 'cpu') },
  };
  console.log(JSON.stringify(row));
  return row;
}
