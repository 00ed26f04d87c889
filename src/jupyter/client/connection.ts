/**
 * The five sockets and the key of one kernel, in the file that Jupyter kernels read at start. Where the platform has
 * them, the sockets are files in a folder that only this user can enter: on a TCP port, every local user could listen
 * to the outputs, for iopub asks for no key.
 */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { folderPrefix } from '../kernel/watch-parent.js';
import { addressOf } from './wire.js';

export interface Connection {
  readonly key: string;
  /** Where a socket connects to, as zeromq writes it: `ipc:///tmp/…/s-1` or `tcp://127.0.0.1:40123`. */
  readonly shell: string;
  readonly iopub: string;
  readonly control: string;
  readonly file: string;
  /** Deletes the file with the key; the kernel has read it. */
  forgetKey(): void;
  /** Deletes the file and the sockets. */
  remove(): void;
}

/** The longest path of a socket file: sun_path holds 104 bytes on macOS, 108 on Linux, with a final zero. */
const socketPathMax = 103;

function listen(): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => resolve(server));
  });
}

/** All ports are held at once, so that they differ; another program may still take one before the kernel binds it. */
async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(Array.from({ length: count }, listen));
  const ports = servers.map(server => (server.address() as AddressInfo).port);
  await Promise.all(servers.map(server => new Promise(resolve => server.close(resolve))));
  return ports;
}

interface Place {
  readonly transport: 'ipc' | 'tcp';
  /** A host, or the common beginning of the socket files. */
  readonly ip: string;
  readonly ports: readonly number[];
}

/** Where the sockets of a kernel go. Windows has no socket files in zeromq, and a long TMPDIR leaves no room for them. */
async function placeIn(folder: string, platform: NodeJS.Platform): Promise<Place> {
  const ip = path.join(folder, 's');
  if (platform !== 'win32' && Buffer.byteLength(`${ip}-5`) <= socketPathMax)
    return { transport: 'ipc', ip, ports: [1, 2, 3, 4, 5] };
  return { transport: 'tcp', ip: '127.0.0.1', ports: await freePorts(5) };
}

export async function createConnection(platform: NodeJS.Platform = process.platform): Promise<Connection> {
  sweepOnce();
  const key = randomBytes(16).toString('hex');
  // mkdtemp makes the folder with mode 0700. The process's id tells a later sweep whose it was.
  const folder = mkdtempSync(path.join(tmpdir(), `${folderPrefix}${process.pid}-`));
  const { transport, ip, ports } = await placeIn(folder, platform);
  const [shell = 0, iopub = 0, control = 0, stdin = 0, heartbeat = 0] = ports;
  const file = path.join(folder, 'connection.json');
  const content = {
    transport,
    ip,
    shell_port: shell,
    iopub_port: iopub,
    control_port: control,
    stdin_port: stdin,
    hb_port: heartbeat,
    key,
    signature_scheme: 'hmac-sha256',
    kernel_name: 'put-page',
  };
  writeFileSync(file, JSON.stringify(content), { mode: 0o600 });
  const address = (port: number): string => addressOf(transport, ip, port);
  return {
    key,
    shell: address(shell),
    iopub: address(iopub),
    control: address(control),
    file,
    forgetKey: () => rmSync(file, { force: true }),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

let swept = false;

/** A process that was killed leaves its folders behind; the next one of the same user deletes them. */
function sweepOnce(): void {
  if (swept) return;
  swept = true;
  for (const name of readdirSync(tmpdir())) {
    const pid = Number(new RegExp(`^${folderPrefix}(\\d+)-`).exec(name)?.[1] ?? 0);
    const folder = path.join(tmpdir(), name);
    try {
      if (pid > 0 && !isAlive(pid) && statSync(folder).uid === process.getuid?.())
        rmSync(folder, { recursive: true, force: true });
    } catch {
      // Somebody else deletes it at this moment, or it is not ours to delete.
    }
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
