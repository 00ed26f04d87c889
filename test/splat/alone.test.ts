/** The package that stands alone: packed as npm packs it, unpacked into an empty folder, run with nothing but Node. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { projectRoot } from '#src/jupyter/project-root.js';
import { writeSplat } from '#src/splat/write.js';

const dir = mkdtempSync(path.join(tmpdir(), 'put-page-alone-'));
after(() => rmSync(dir, { recursive: true }));

/** Runs a program; the status must be the one expected. */
function run(command: string, args: string[], cwd: string, input = '', status = 0): string {
  const r = spawnSync(command, args, { cwd, input, encoding: 'utf8' });
  assert.equal(r.status, status, `${command} ${args.join(' ')}: ${r.stderr}${r.error ?? ''}`);
  return r.stdout + r.stderr;
}

const log = writeSplat(
  { process: 'sh', pfn: 0x4711, refcount: 0, mapcount: 1, reason: 'nonzero mapcount', flags: ['uptodate'] },
  '6.9.12',
);

test('npm pack gives a package that decodes in an empty folder', () => {
  // A copy, so that packing leaves nothing in the sources; node_modules is found from there as it is from the workspace.
  const work = path.join(dir, 'work');
  mkdirSync(path.join(work, 'src'), { recursive: true });
  cpSync(path.join(projectRoot, 'src/splat'), path.join(work, 'src/splat'), {
    recursive: true,
    filter: from => !from.endsWith(`${path.sep}dist`),
  });
  cpSync(path.join(projectRoot, 'tsconfig.base.json'), path.join(work, 'tsconfig.base.json'));
  writeFileSync(path.join(work, 'package.json'), JSON.stringify({ name: 'root', workspaces: ['src/splat'] }));
  run('ln', ['-s', path.join(projectRoot, 'node_modules'), path.join(work, 'node_modules')], dir);
  run('npm', ['pack', '-w', 'put-page-decode', '--pack-destination', dir, '--silent'], work);

  const tarball = readdirSync(dir).find(name => name.endsWith('.tgz'));
  assert.equal(tarball, 'put-page-decode-0.2.0.tgz');
  const empty = path.join(dir, 'empty');
  const home = path.join(empty, 'node_modules/put-page-decode');
  mkdirSync(home, { recursive: true });
  run('tar', ['-xzf', path.join(dir, tarball), '-C', home, '--strip-components=1'], dir);

  const manifest = JSON.parse(readFileSync(path.join(home, 'package.json'), 'utf8'));
  for (const key of ['dependencies', 'peerDependencies', 'optionalDependencies'])
    assert.equal(manifest[key], undefined);
  const files = readdirSync(home, { recursive: true, encoding: 'utf8' });
  const bytes = files.map(f => statSync(path.join(home, f))).reduce((n, s) => n + (s.isFile() ? s.size : 0), 0);
  assert.ok(bytes <= 300_000, `${bytes} bytes unpacked`);
  for (const wanted of ['LICENSE', 'README.md', 'dist/bin.js', 'dist/index.js', 'dist/types/index.d.ts'])
    assert.ok(files.includes(wanted), wanted);

  const bin = path.join(home, manifest.bin['put-page-decode']);
  assert.match(readFileSync(bin, 'utf8'), /^#!\/usr\/bin\/env node\n/);
  assert.match(run(process.execPath, [bin], empty, log), /1\. Bad page state in process sh, pfn 04711/);
  assert.match(run(process.execPath, [bin, '--help'], empty), /usage: put-page-decode \[FILE \| -\]/);
  assert.equal(run(process.execPath, [bin, '--version'], empty), 'put-page-decode 0.2.0\n');
  assert.match(run(process.execPath, [bin, 'absent'], empty, '', 3), /^put-page-decode: there is no file 'absent'/);
  writeFileSync(
    path.join(empty, 'use.mjs'),
    `import { decode } from 'put-page-decode'; console.log(decode(process.argv[2]).length);`,
  );
  assert.equal(run(process.execPath, ['use.mjs', log], empty), '1\n');
});

test('its version is that of the kit', () => {
  const version = (file: string): string => JSON.parse(readFileSync(path.join(projectRoot, file), 'utf8')).version;
  assert.equal(version('src/splat/package.json'), version('package.json'));
});
