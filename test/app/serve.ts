/** A server of the application for tests: fixture notebooks, its own folder for copies, any port. */
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { type IncomingHttpHeaders, request } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { BuiltPage } from '#src/app/bundle/build-page.js';
import { packageRoot, pathsOf } from '#src/app/paths.js';
import { type AppServer, startServer } from '#src/app/server.js';

export const TOKEN = 'token-of-the-tests';
export const FIXTURE = '90-fixture.ipynb';
export const root = packageRoot();
export const fixtures = path.join(root, 'test', 'app', 'fixtures', 'notebooks');

/** A restart waits for the start of a kernel; nothing takes longer. */
const ANSWER_MS = 120_000;

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface TestServer {
  readonly app: AppServer;
  /** Holds originals/ and state/notebooks/. */
  readonly dir: string;
  /** A request with the token, unless `headers` says otherwise. The path is sent as it is, not normalised. */
  ask(method: string, path: string, options?: { headers?: Record<string, string>; body?: unknown }): Promise<Answer>;
  close(): Promise<void>;
}

/** A page bundle that is not one: most tests of the server do not look at it. */
export const noPage: BuiltPage = { dir: path.join(fixtures, '..'), key: 'k', bytes: 0, fresh: false };

export async function serve(built: BuiltPage = noPage, notebooks = fixtures): Promise<TestServer> {
  const dir = mkdtempSync(path.join(tmpdir(), 'put-page-app-'));
  const originals = path.join(dir, 'originals');
  cpSync(notebooks, originals, { recursive: true, filter: file => !file.endsWith('.ts') });
  const paths = pathsOf(root, originals, path.join(dir, 'state'));
  const app = await startServer({ paths, built, port: 0, token: TOKEN });
  return {
    app,
    dir,
    ask: (method, to, options = {}) => ask(app.port, method, to, options),
    close: async () => {
      await app.close();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

function ask(
  port: number,
  method: string,
  to: string,
  options: { headers?: Record<string, string>; body?: unknown },
): Promise<Answer> {
  const body = options.body === undefined ? '' : JSON.stringify(options.body);
  const length = String(Buffer.byteLength(body));
  const headers = { authorization: `token ${TOKEN}`, 'content-length': length, ...options.headers };
  return new Promise((resolve, reject) => {
    // Its own connection: one that was kept from before may be closed by the server in this very moment.
    const req = request({ host: '127.0.0.1', port, method, path: to, headers, agent: false }, res => {
      const chunks: Buffer[] = [];
      res.on('data', (chunk: Buffer) => chunks.push(chunk));
      res.on('end', () =>
        resolve({ status: res.statusCode ?? 0, headers: res.headers, body: Buffer.concat(chunks).toString() }),
      );
    });
    req.on('error', reject);
    req.setTimeout(ANSWER_MS, () => req.destroy(new Error(`${method} ${to}: no answer within ${ANSWER_MS / 1000} s`)));
    req.end(body);
  });
}

/** Every file below a folder with its content, to see what was written. */
export function snapshot(dir: string): ReadonlyMap<string, string> {
  const entries = readdirSync(dir, { recursive: true, withFileTypes: true }).filter(entry => entry.isFile());
  const files = entries.map(entry => path.join(entry.parentPath, entry.name)).sort();
  return new Map(files.map(file => [path.relative(dir, file), readFileSync(file, 'utf8')]));
}
