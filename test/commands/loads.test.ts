/** What a command loads before it begins: a reader waits for every module of it. Counted, not timed; bench/ has the times. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import test from 'node:test';
import { pathToFileURL } from 'node:url';
import { projectRoot } from '#src/jupyter/project-root.js';
import { shortcuts } from '#src/stories/by-name.js';

const MARK = 'loaded: ';
const hooks = `import { writeSync } from 'node:fs';
export async function load(url, context, next) { writeSync(2, '${MARK}' + url + '\\n'); return next(url, context); }`;
const begin = `import { register } from 'node:module'; register('data:text/javascript,' + ${JSON.stringify(encodeURIComponent(hooks))});`;
const dist = pathToFileURL(path.join(projectRoot, 'dist/')).href;

/** The files that a command loads: those of the kit below dist/, all others whole. */
function loads(...args: readonly string[]): string[] {
  const hook = `data:text/javascript,${encodeURIComponent(begin)}`;
  const cli = path.join(projectRoot, 'dist/cli.js');
  const { stderr } = spawnSync(process.execPath, ['--import', hook, cli, ...args], { encoding: 'utf8' });
  const urls = stderr.split('\n').flatMap(line => (line.startsWith(MARK) ? [line.slice(MARK.length)] : []));
  const files = urls.filter(url => url.startsWith('file:')).map(url => url.replace(dist, ''));
  assert.ok(files.includes('cli.js'), stderr);
  return files;
}

test('the version needs the command and nothing else', () => {
  const files = loads('--version');
  assert.deepEqual(
    files.filter(file => !/^(cli|commands\/|model\/|linux\/data\/)/.test(file)),
    [],
  );
  assert.ok(files.length < 15, `${files.length} files`);
});

/** One of each thread, since each costs a process. */
const SEARCHED = [
  'gupref',
  'zone-device-leak',
  'ttm-tail-page',
  'zero-pfn-loop',
  'tracked-reference',
  'bad-page-splat',
];

for (const name of SEARCHED)
  test(`a search of ${name} loads no figure, no report's reader, and no package`, () => {
    assert.ok(shortcuts.includes(name), 'by-name.ts has no line for it');
    const files = loads('explore', name, '--max-states', '5');
    assert.ok(files.includes('explorer/explore.js'), files.join(' '));
    const needless = files.filter(file => /node_modules|^(app|desk|jupyter|replay|views|widgets)\//.test(file));
    assert.deepEqual(needless, []);
    assert.ok(!files.includes('splat/index.js') && !files.includes('linux/index.js'), 'a whole room for a part of it');
    assert.ok(files.length < 140, `${files.length} files`);
  });
