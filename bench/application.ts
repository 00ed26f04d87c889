/**
 * What the application costs beside Jupyter Notebook with ipykernel: from the start of the server to the first cell, a
 * cell's round trip over the WebSocket, memory of the server and of a kernel. Both are asked by the same program, in turns,
 * so that the load of the machine falls on both.
 *
 *   node dist-test/bench/application.js [RUNS [CELLS]]
 *
 * Jupyter: `apt-get install --no-install-recommends jupyter-notebook python3-ipykernel`; without it only ours is measured.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { WebSocket } from 'ws';
import { decodeFrame, encodeFrame, SUBPROTOCOL } from '#src/app/kernels/ws-frames.js';
import { packageRoot } from '#src/app/paths.js';

const runs = Number(process.argv[2] ?? 5);
const cells = Number(process.argv[3] ?? 200);
const root = packageRoot();
const notebooks = path.join(root, 'test', 'app', 'fixtures', 'notebooks');

interface Peer {
  readonly name: string;
  /** Starts the server; its address with the token appears in what it writes. */
  start(dir: string, port: number): ChildProcess;
  /** The name by which a kernel is asked for. */
  readonly kernel: string;
  readonly subprotocol: string | undefined;
}

const ours: Peer = {
  name: 'put-page',
  start: (_dir, port) => {
    const cli = path.join(root, 'dist', 'cli.js');
    return spawn(process.execPath, [cli, 'start', '--no-browser', `--port=${port}`, `--notebooks=${notebooks}`], {
      cwd: root,
    });
  },
  kernel: 'put-page',
  subprotocol: SUBPROTOCOL,
};

const jupyter: Peer = {
  name: 'Jupyter Notebook',
  start: (dir, port) => {
    const options = ['--no-browser', '--ip=127.0.0.1', `--port=${port}`, `--notebook-dir=${dir}`, '--allow-root'];
    return spawn('jupyter-notebook', options, { cwd: dir, env: { ...process.env, HOME: dir } });
  },
  kernel: 'python3',
  subprotocol: undefined,
};

/** The same little work in both languages. */
const CODE = '1+1';

function message(type: string, content: object, id: string): Readonly<Record<string, object>> {
  const header = {
    msg_id: id,
    msg_type: type,
    session: 'bench',
    username: '',
    date: new Date().toISOString(),
    version: '5.3',
  };
  return { header, parent_header: {}, metadata: {}, content };
}

/** A page's side of one kernel: `run` resolves when the cell's reply and the idle after it have come. */
class Line {
  readonly #socket: WebSocket;
  readonly #binary: boolean;
  #count = 0;

  constructor(socket: WebSocket, binary: boolean) {
    this.#socket = socket;
    this.#binary = binary;
  }

  run(): Promise<void> {
    const id = `cell-${this.#count++}`;
    const content = { code: CODE, silent: false, store_history: true, user_expressions: {}, allow_stdin: false };
    const sent = message('execute_request', content, id);
    return new Promise(resolve => {
      let left = 2;
      const hear = (data: Buffer): void => {
        const { type, parent, state } = this.#read(data);
        if (parent !== id || (type !== 'execute_reply' && state !== 'idle')) return;
        if (--left > 0) return;
        this.#socket.off('message', hear);
        resolve();
      };
      this.#socket.on('message', hear);
      const parts = Object.values(sent).map(part => Buffer.from(JSON.stringify(part)));
      const text = JSON.stringify({ ...sent, channel: 'shell', buffers: [] });
      this.#socket.send(this.#binary ? encodeFrame({ channel: 'shell', parts }) : text);
    });
  }

  #read(data: Buffer): { type?: string; parent?: string; state?: string } {
    const [header, parent, , content] = this.#binary
      ? decodeFrame(data).parts.map(part => JSON.parse(part.toString()) as Record<string, string>)
      : ofText(data);
    return {
      ...(header?.msg_type === undefined ? {} : { type: header.msg_type }),
      ...(parent?.msg_id === undefined ? {} : { parent: parent.msg_id }),
      ...(content?.execution_state === undefined ? {} : { state: content.execution_state }),
    };
  }
}

function ofText(data: Buffer): Record<string, string>[] {
  const read = JSON.parse(data.toString()) as Record<string, Record<string, string>>;
  return [read.header ?? {}, read.parent_header ?? {}, {}, read.content ?? {}];
}

/** Resident memory of a process in MB, from Linux's own table. */
function memoryMb(pid: number): number {
  return Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;
}

/** The newest child of a process: a kernel that was just started. */
function childrenOf(pid: number): number[] {
  const listed = spawnSync('ps', ['-o', 'pid=', '--ppid', String(pid)]).stdout.toString();
  return listed
    .trim()
    .split(/\s+/)
    .filter(text => text !== '')
    .map(Number);
}

interface Measured {
  readonly firstCellS: number;
  readonly roundTripMs: number;
  readonly serverMb: number;
  readonly kernelMb: number;
}

async function measure(peer: Peer): Promise<Measured> {
  const dir = mkdtempSync(path.join(tmpdir(), 'put-page-bench-'));
  const port = await freePort();
  const began = performance.now();
  const child = peer.start(dir, port);
  try {
    const address = new URL(await said(child));
    const token = address.searchParams.get('token') ?? '';
    const headers = { authorization: `token ${token}`, 'content-type': 'application/json' };
    const body = JSON.stringify({ name: peer.kernel });
    const started = await fetch(new URL('/api/kernels', address), { method: 'POST', headers, body });
    const { id } = (await started.json()) as { id: string };
    const to = `ws://${address.host}/api/kernels/${id}/channels`;
    const socket = new WebSocket(to, peer.subprotocol === undefined ? [] : [peer.subprotocol], { headers });
    await once(socket, 'open');
    const line = new Line(socket, peer.subprotocol !== undefined);
    await line.run();
    const firstCellS = (performance.now() - began) / 1000;
    const times: number[] = [];
    for (let i = 0; i < cells; i++) {
      const sent = performance.now();
      await line.run();
      times.push(performance.now() - sent);
    }
    const pid = child.pid ?? 0;
    const kernels = childrenOf(pid).map(memoryMb);
    socket.close();
    return { firstCellS, roundTripMs: median(times), serverMb: memoryMb(pid), kernelMb: Math.max(...kernels) };
  } finally {
    child.kill('SIGTERM');
    if (child.exitCode === null) await once(child, 'exit');
    rmSync(dir, { recursive: true, force: true });
  }
}

/** Jupyter prints the port that it was told, also when that is 0. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}

/** Waits for the address that a server writes. */
async function said(child: ChildProcess): Promise<string> {
  let text = '';
  return new Promise((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr])
      stream?.on('data', (data: Buffer) => {
        text += data.toString();
        const found = /http:\/\/127\.0\.0\.1:\d+\/\S*token=[\w-]+/.exec(text);
        if (found !== null) resolve(found[0]);
      });
    child.on('exit', () => reject(new Error(`it ended before it told its address:\n${text}`)));
  });
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

const peers = spawnSync('jupyter-notebook', ['--version']).status === 0 ? [ours, jupyter] : [ours];
if (peers.length === 1) console.log('There is no jupyter-notebook here: only our own figures.');
const results = new Map<string, Measured[]>(peers.map(({ name }) => [name, []]));
for (let run = 0; run < runs; run++)
  for (const peer of run % 2 === 0 ? peers : [...peers].reverse()) results.get(peer.name)?.push(await measure(peer));

console.log(`Medians of ${runs} runs, ${cells} cells each, in turns:`);
const rows = [...results].map(([name, all]) => ({
  '': name,
  'start to first cell, s': median(all.map(one => one.firstCellS)).toFixed(1),
  'cell round trip, ms': median(all.map(one => one.roundTripMs)).toFixed(1),
  'server, MB': median(all.map(one => one.serverMb)).toFixed(0),
  'kernel, MB': median(all.map(one => one.kernelMb)).toFixed(0),
}));
console.table(rows);
