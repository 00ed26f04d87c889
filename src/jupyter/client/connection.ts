/** The five ports and the key of one kernel, in the file that Jupyter kernels read at start. */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';

export interface Connection {
  readonly key: string;
  readonly shell: number;
  readonly iopub: number;
  readonly control: number;
  readonly file: string;
  remove(): void;
}

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

export async function createConnection(): Promise<Connection> {
  const [shell = 0, iopub = 0, control = 0, stdin = 0, heartbeat = 0] = await freePorts(5);
  const key = randomBytes(16).toString('hex');
  const folder = mkdtempSync(path.join(tmpdir(), 'put-page-kernel-'));
  const file = path.join(folder, 'connection.json');
  const content = {
    transport: 'tcp',
    ip: '127.0.0.1',
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
  return { key, shell, iopub, control, file, remove: () => rmSync(folder, { recursive: true, force: true }) };
}
