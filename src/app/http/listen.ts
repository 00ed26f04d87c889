/** Taking a port: the one that was asked for, or the next free one. */
import type { Server } from 'node:http';

const TRIES = 50;

/** Listens on 127.0.0.1 and returns the port that was taken. Port 0 means any. */
export async function listen(server: Server, wanted: number): Promise<number> {
  for (let port = wanted; port < wanted + TRIES && port <= 65535; port++) {
    try {
      return await tryListen(server, port);
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code;
      if (code === 'EACCES')
        throw new Error(`No permission to listen on port ${port}: take one above 1023 (--port N).`);
      if (code !== 'EADDRINUSE') throw error;
    }
  }
  throw new Error(`Ports ${wanted} to ${wanted + TRIES - 1} are all taken: choose another with --port N.`);
}

function tryListen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      server.removeListener('error', reject);
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : port);
    });
  });
}
