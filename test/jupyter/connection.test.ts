import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import test from 'node:test';
import { createConnection } from '#src/jupyter/client/connection.js';
import { KernelClient } from '#src/jupyter/client/kernel-client.js';
import { projectRoot } from '#src/jupyter/project-root.js';
import { within } from '../until.js';

const kernelFolders = (): string[] => readdirSync(tmpdir()).filter(name => name.startsWith('put-page-kernel-'));

/** The inodes of the TCP sockets of this machine that listen, from Linux's own table. */
function listening(): ReadonlySet<string> {
  const rows = readFileSync('/proc/net/tcp', 'utf8').trim().split('\n').slice(1);
  const columns = rows.map(row => row.trim().split(/\s+/));
  return new Set(columns.filter(row => row[3] === '0A').map(row => row[9] ?? ''));
}

test("a kernel's sockets are files that only this user can reach", { skip: process.platform !== 'linux' }, async () => {
  const known = new Set(kernelFolders());
  const client = await KernelClient.start();
  try {
    const own = kernelFolders().filter(name => !known.has(name) && name.includes(`-${process.pid}-`));
    assert.equal(own.length, 1);
    const folder = path.join(tmpdir(), own[0] ?? '');
    assert.equal(statSync(folder).mode & 0o777, 0o700);
    const names = readdirSync(folder).sort();
    assert.deepEqual(names, ['s-1', 's-2', 's-3', 's-4', 's-5'], 'five sockets; the key is no longer on disk');
    assert.ok(names.every(name => statSync(path.join(folder, name)).isSocket()));
    const tcp = listening();
    const held = socketInodes(client.pid ?? 0);
    assert.ok(held.length >= 5, `the kernel holds ${held.length} sockets`);
    assert.deepEqual(
      held.filter(inode => tcp.has(inode)),
      [],
      'the kernel listens on no port',
    );
  } finally {
    await client.shutdown();
  }
  assert.deepEqual(
    kernelFolders().filter(name => name.includes(`-${process.pid}-`)),
    [],
    'its folder goes with it',
  );
});

/** The inodes of the sockets that a process holds. */
function socketInodes(pid: number): string[] {
  const targets = readdirSync(`/proc/${pid}/fd`).flatMap(fd => linkOf(`/proc/${pid}/fd/${fd}`));
  return targets.flatMap(target => /^socket:\[(\d+)\]$/.exec(target)?.[1] ?? []);
}

/** A descriptor may be closed between the listing and the look. */
function linkOf(file: string): string[] {
  try {
    return [readlinkSync(file)];
  } catch {
    return [];
  }
}

test('where there are no socket files, the sockets are five different ports', async () => {
  const connection = await createConnection('win32');
  try {
    const { transport, ip, ...rest } = JSON.parse(readFileSync(connection.file, 'utf8')) as Record<string, unknown>;
    assert.deepEqual([transport, ip], ['tcp', '127.0.0.1']);
    const ports = Object.entries(rest).filter(([name]) => name.endsWith('_port'));
    assert.equal(new Set(ports.map(([, port]) => port)).size, 5);
    assert.equal(connection.shell, `tcp://127.0.0.1:${rest.shell_port}`);
  } finally {
    connection.remove();
  }
  assert.equal(existsSync(connection.file), false);
});

test('a folder of a process that was killed is deleted by the next one', async () => {
  const killed = spawn(process.execPath, ['-e', '']);
  await within('exit', once(killed, 'exit'));
  const left = mkdtempSync(path.join(tmpdir(), `put-page-kernel-${killed.pid}-`));
  const alive = mkdtempSync(path.join(tmpdir(), `put-page-kernel-${process.pid}-`));
  try {
    const connection = path.join(projectRoot, 'dist', 'jupyter', 'client', 'connection.js');
    const script = `import(${JSON.stringify(connection)}).then(m => m.createConnection()).then(c => c.remove())`;
    const next = spawn(process.execPath, ['-e', script], { stdio: 'inherit' });
    const [code] = await within('exit', once(next, 'exit'));
    assert.equal(code, 0);
    assert.equal(existsSync(left), false);
    assert.equal(existsSync(alive), true, "a living process's folder stays");
  } finally {
    rmSync(left, { recursive: true, force: true });
    rmSync(alive, { recursive: true, force: true });
  }
});
