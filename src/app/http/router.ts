/** A table of routes: method, path with `:names`, handler. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { readBody } from './body.js';
import { HttpError, type Reply } from './reply.js';

export interface Call {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  readonly url: URL;
  /** The value of `:name` in the route's path, decoded. `:rest*` takes the remaining segments. */
  param(name: string): string;
  /** The request's JSON body; `{}` when it has none. */
  body(): Promise<Record<string, unknown>>;
}

export type Handler = (call: Call) => Promise<Reply> | Reply;

interface Route {
  readonly method: string;
  readonly pattern: RegExp;
  readonly handler: Handler;
}

export class Router {
  readonly #routes: Route[] = [];

  on(method: string, path: string, handler: Handler): this {
    const source = path.replace(/:(\w+)\*/g, '(?<$1>.+)').replace(/:(\w+)/g, '(?<$1>[^/]+)');
    this.#routes.push({ method, pattern: new RegExp(`^${source}/?$`), handler });
    return this;
  }

  async handle(req: IncomingMessage, res: ServerResponse, url: URL): Promise<Reply> {
    const matches = this.#routes.flatMap(route => {
      const groups = route.pattern.exec(url.pathname);
      return groups === null ? [] : [{ route, groups: groups.groups ?? {} }];
    });
    const hit = matches.find(m => m.route.method === req.method);
    if (hit === undefined)
      throw matches.length > 0
        ? new HttpError(405, `${req.method} is not possible on ${url.pathname}.`)
        : new HttpError(404, `There is nothing at ${url.pathname}.`);
    const param = (name: string): string => decode(hit.groups[name] ?? '');
    return hit.route.handler({ req, res, url, param, body: () => readBody(req) });
  }
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw new HttpError(400, `'${part}' is not a well-formed part of an address.`);
  }
}
