/** Reads the address of a request. Nobody else does: what a stranger sends is taken apart here, or refused here. */
import type { IncomingMessage } from 'node:http';
import { HttpError } from './reply.js';

/** A browser sends at most a few hundred characters to us; Node itself stops at its limit for all headers together. */
const ADDRESS_MAX = 4096;

/** Throws an HttpError when the address is none that a page of ours can send. */
export function addressOf(req: IncomingMessage): URL {
  const address = req.url ?? '';
  if (address.length > ADDRESS_MAX) throw new HttpError(414, `The address has more than ${ADDRESS_MAX} characters.`);
  // `http://other/x` and `*` are for proxies. `//x` would be taken for a host, so it is no base for a URL by itself.
  if (!address.startsWith('/')) throw new HttpError(400, 'The address must be a path: it begins with /.');
  try {
    return new URL(`http://127.0.0.1${address}`);
  } catch {
    throw new HttpError(400, 'The address is not well-formed.');
  }
}
