/** The README's table has every notebook, by its claim and its minutes; the commands of the first ten minutes do what it says. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { gunzipSync } from 'node:zlib';
import { projectRoot } from '#src/jupyter/project-root.js';

const readme = readFileSync(path.join(projectRoot, 'README.md'), 'utf8');
const folder = path.join(projectRoot, 'notebooks');

for (const file of readdirSync(folder).filter(f => f.endsWith('.ts')))
  test(`README: ${file}`, () => {
    const source = readFileSync(path.join(folder, file), 'utf8');
    const claim = /^\/\/ # (.+)$/m.exec(source)?.[1] ?? 'no claim';
    const minutes = /\*\*(\d+) minutes\*\*/.exec(source)?.[1] ?? 'no minutes';
    const row = readme.split('\n').find(l => l.includes(`notebooks/${file.replace('.ts', '.ipynb')}`));
    assert.ok(row !== undefined, 'there is no row');
    assert.deepEqual([row.includes(claim), row.includes(`| ${minutes} |`)], [true, true], row);
  });

/** What each command of "The first ten minutes" has to print, for what the README says of it. */
const COMMANDS: Readonly<Record<string, RegExp>> = {
  'explore zone-device-leak --release 5.3': /VIOLATED.* after 6 steps; no run is shorter/,
  'explore zone-device-leak --release 5.4': /HOLDS in every interleaving/,
  'decode data/splats/thread-003.log': /Bad page state/,
  ledger: /10 {2}gup +leaky_get < leaky_ioctl/,
};

test('the commands of the first ten minutes do what is said of them', () => {
  const section = readme.split('## The first ten minutes')[1]?.split('\n## ')[0] ?? '';
  const trace = /gzip -dc (\S+) \|/.exec(section)?.[1] ?? 'no trace';
  assert.match(section, /With `--release 5\.4`/);
  for (const [command, says] of Object.entries(COMMANDS)) {
    assert.ok(command.includes('5.4') || section.includes(`npx put-page ${command}\``), command);
    const input = command === 'ledger' ? gunzipSync(readFileSync(path.join(projectRoot, trace))) : '';
    const words = [path.join(projectRoot, 'dist', 'cli.js'), ...command.split(' ')];
    const { stdout } = spawnSync(process.execPath, words, { cwd: projectRoot, input, encoding: 'utf8' });
    assert.match(stdout, says, command);
  }
});
