/** put-page pack: the archive is small, holds nothing of its maker, and runs with Node alone, without a network. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { projectRoot } from '#src/jupyter/project-root.js';
import { type Entry, kitEntries, PLATFORMS, tar, thisPlatform } from '#src/offline/index.js';

const cli = path.join(projectRoot, 'dist/cli.js');
const MOST = 15e6;
const NOBODY = 65534;

const dir = mkdtempSync(path.join(tmpdir(), 'put-page-kit-'));
after(() => {
  spawnSync('chmod', ['-R', 'u+w', dir]);
  rmSync(dir, { recursive: true, force: true });
});

const has = (program: string): boolean => spawnSync(program, ['--version']).error === undefined;
const unixy = thisPlatform()?.startsWith('win32') === false && has('tar');
const skip = unixy ? false : 'this needs tar, and a platform that has a kit';
const archive = path.join(dir, has('xz') ? 'kit.tar.xz' : 'kit.tar.gz');
const room = path.join(dir, 'ein Raum für Übungen');
const kit = (): string => path.join(room, readdirSync(room)[0] ?? '');

before(() => {
  if (skip !== false) return;
  const packed = spawnSync(process.execPath, [cli, 'pack', '--out', archive], { encoding: 'utf8', cwd: dir });
  assert.equal(packed.status, 0, packed.stderr);
  mkdirSync(room);
  assert.equal(spawnSync('tar', ['-xf', archive, '-C', room]).status, 0);
  // Nobody may write in it, and whoever is not its owner may read.
  chmodSync(dir, 0o755);
  spawnSync('chmod', ['-R', 'a-w,a+rX', room]);
});

test('it is small enough, and holds what runs and nothing else', { skip }, t => {
  const { size } = statSync(archive);
  t.diagnostic(`${(size / 1e6).toFixed(1)} MB`);
  assert.ok(size <= MOST, `${size} bytes`);
  assert.deepEqual(
    readdirSync(kit()).sort(),
    'CHANGELOG.md LICENSE README.md START.txt data dist docs node_modules notebooks package.json put-page'.split(' '),
  );
  const all = readdirSync(kit(), { recursive: true, encoding: 'utf8' });
  const strange = all.filter(name =>
    /\.put-page|progress\.json|server\.log|(^|\/)secret$|\.map$|tsbuildinfo|\.aside/.test(name),
  );
  assert.deepEqual(strange, []);
  const wanted = readdirSync(path.join(projectRoot, 'notebooks')).sort();
  assert.deepEqual(readdirSync(path.join(kit(), 'notebooks')).sort(), wanted);
  for (const file of all.filter(name => name.endsWith('LICENCES.txt'))) assert.match(file, /^dist\/(page|vendor)\//);
  const text = spawnSync('grep', ['-rlF', projectRoot, kit()], { encoding: 'utf8' }).stdout;
  assert.equal(text, '', 'a path of the machine that packed it');
});

/** zeromq as it comes, in the place of what a kit holds of it: enough to see what is chosen. */
function entriesFor(platform: (typeof PLATFORMS)[number]): readonly Entry[] {
  const staged = path.join(dir, 'staged');
  if (!existsSync(staged)) {
    mkdirSync(path.join(staged, 'page'), { recursive: true });
    const from = path.join(path.dirname(createRequire(import.meta.url).resolve('zeromq')), '..', 'build');
    cpSync(from, path.join(staged, 'vendor', 'zeromq', 'build'), { recursive: true });
  }
  return kitEntries(projectRoot, staged, platform);
}

test('each platform gets its own binaries, its own way to start, and fits', { skip }, () => {
  assert.equal(PLATFORMS.length, 5);
  for (const platform of PLATFORMS) {
    const entries = entriesFor(platform);
    const names = entries.map(entry => entry.path.split('/').slice(1).join('/'));
    const binaries = entries.filter(entry => entry.path.endsWith('.node'));
    const [os, arch] = platform.split('-');
    assert.ok(binaries.length > 0, platform);
    for (const { path: at } of binaries) assert.ok(at.includes(`/zeromq/build/${os}/${arch}/`), at);
    assert.equal(names.includes('put-page.cmd'), os === 'win32', platform);
    assert.equal(names.includes('put-page'), os !== 'win32', platform);
    const manifest = entries.find(entry => entry.path.endsWith('zeromq/build/manifest.json'));
    const listed = Object.values(JSON.parse(String(Buffer.from(manifest?.bytes ?? []))) as Record<string, string>);
    assert.equal(listed.length, binaries.length, platform);
    // Not even if nothing of the binaries could be compressed.
    const bytes = binaries.reduce((sum, entry) => sum + entry.bytes.length, 0);
    assert.ok(statSync(archive).size + bytes <= MOST, `${platform}: ${bytes} bytes of binaries`);
  }
});

test('tar reads what tar() writes: long paths, odd names, empty files; a path that cannot fit is named', {
  skip,
}, () => {
  const long = `${'folder-of-some-length/'.repeat(6)}a file with ä.txt`;
  const entries = [
    { path: long, bytes: Buffer.from('x'.repeat(513)) },
    { path: 'empty', bytes: Buffer.alloc(0) },
    { path: 'run', bytes: Buffer.from('#!/bin/sh\n'), executable: true },
  ];
  const to = path.join(dir, 'read');
  mkdirSync(to);
  const read = spawnSync('tar', ['-xf', '-', '-C', to], { input: tar(entries) });
  assert.equal(read.status, 0, String(read.stderr));
  for (const { path: name, bytes } of entries) assert.deepEqual(readFileSync(path.join(to, name)), bytes, name);
  assert.deepEqual(
    [statSync(path.join(to, 'run')).mode & 0o100, statSync(path.join(to, 'empty')).mode & 0o100],
    [0o100, 0],
  );
  assert.deepEqual(tar(entries), tar(entries));
  assert.throws(() => tar([{ path: 'x'.repeat(101), bytes: Buffer.alloc(0) }]), /too long for a tar archive: xxx/);
});

/**
 * The command that runs a script where there is no network but the machine itself, and as somebody who owns nothing, as far as this user may
 * arrange that.
 */
function shutIn(script: string): readonly [command: string, args: readonly string[]] {
  const root = process.getuid?.() === 0;
  const alone = root && has('unshare') && spawnSync('unshare', ['-n', 'true']).status === 0;
  const drop = root && has('setpriv') ? `setpriv --reuid ${NOBODY} --regid ${NOBODY} --clear-groups ` : '';
  const up = alone ? 'ip link set lo up && ' : '';
  const line = `${up}exec ${drop}sh -c "$0"`;
  return alone ? ['unshare', ['-n', 'sh', '-c', line, script]] : ['sh', ['-c', line, script]];
}

/** Everything that a script said, shut in. */
function said(script: string, state: string): string {
  const [command, args] = shutIn(script);
  const { stdout, stderr } = spawnSync(command, args, {
    cwd: '/',
    env: { PATH: process.env.PATH, HOME: '/nonexistent', KIT: kit(), STATE: state, NODE: process.execPath },
    encoding: 'utf8',
  });
  return stdout + stderr;
}

/** A page and a cell, asked for from within. */
const ASK = `
const [address] = /http:\\S+/.exec(process.env.SAID);
const { origin, searchParams } = new URL(address);
const headers = { authorization: 'token ' + searchParams.get('token') };
const page = await (await fetch(address)).text();
const assets = [...page.matchAll(/(?:src|href)="(\\/assets\\/[^"]+)"/g)].map(match => match[1]);
const codes = await Promise.all(assets.map(async at => (await fetch(origin + at, { headers })).status));
console.log('ASSETS', assets.length, [...new Set(codes)].join());
const outside = await fetch('http://192.0.2.1/', { signal: AbortSignal.timeout(300) }).then(() => 'yes', () => 'no');
console.log('OUTSIDE', outside);
`;

test('read-only, without a network, as nobody: it starts, serves its page, and runs a cell', {
  skip,
  timeout: 180_000,
}, () => {
  const state = path.join(dir, 'state');
  mkdirSync(state);
  if (process.getuid?.() === 0) chownSync(state, NOBODY, NOBODY);
  writeFileSync(path.join(dir, 'ask.mjs'), ASK);
  const before = readdirSync(kit(), { recursive: true }).length;
  // sh, in the background: start; then ask it; then a cell; then stop it.
  const script = `
    "$KIT/put-page" start --no-browser --port 0 --state "$STATE/kept" > "$STATE/log" 2>&1 & server=$!
    while ! grep -q http: "$STATE/log"; do kill -0 $server || { cat "$STATE/log"; exit 1; }; done
    SAID=$(cat "$STATE/log") "$NODE" "${path.join(dir, 'ask.mjs')}"
    kill -INT $server; wait $server; echo "SERVER $?"
    cd "$STATE" && printf '// %%%%\\nimport { zoneDeviceLeak } from "put-page";\\nzoneDeviceLeak({ release: "5.4" }).explore().verdict\\n' > mine.ts
    "$KIT/put-page" execute mine.ts; echo "EXECUTE $?"
    id -u; touch "$KIT/x" 2>/dev/null && echo WRITABLE`;
  const text = said(script, state);
  assert.match(text, /ASSETS [1-9]\d* 200\n/, text);
  assert.match(text, /OUTSIDE no\n/);
  assert.match(text, /SERVER 0\n/);
  assert.match(text, /EXECUTE 0\n/);
  assert.match(readFileSync(path.join(state, 'mine.ipynb'), 'utf8'), /'holds'/);
  assert.ok(existsSync(path.join(state, 'kept')));
  assert.equal(readdirSync(kit(), { recursive: true }).length, before);
  if (process.getuid?.() === 0) assert.doesNotMatch(text, /WRITABLE/);
});

test('a kit packs itself again, for its own platform only', { skip }, () => {
  const again = path.join(dir, 'again.tar');
  const pack = (...args: readonly string[]) =>
    spawnSync(process.execPath, [path.join(kit(), 'dist/cli.js'), 'pack', '--out', again, ...args], {
      encoding: 'utf8',
    });
  assert.equal(pack().status, 0);
  const other = PLATFORMS.find(platform => platform !== thisPlatform()) ?? '';
  const refused = pack('--platform', other);
  assert.equal(refused.status, 3);
  assert.match(refused.stderr, new RegExp(`zeromq for ${thisPlatform()} only; pack for ${other} in a clone`));
});

test('bad input has a sentence, and exit code 3', () => {
  for (const [args, says] of [
    [['--platform', 'plan9'], /--platform plan9: expected linux-x64 \| linux-arm64/],
    [['--out', 'kit.zip'], /expected a name that ends in \.tar\.xz/],
    [['01'], /it takes options only/],
  ] as const) {
    const r = spawnSync(process.execPath, [cli, 'pack', ...args], { encoding: 'utf8' });
    assert.deepEqual([r.status, r.stdout], [3, '']);
    assert.match(r.stderr, says);
  }
});
