/** Jupyter's sessions API over `Sessions`. */
import { HttpError, json, noContent } from '../http/reply.js';
import type { Call, Router } from '../http/router.js';
import type { Sessions } from '../kernels/sessions.js';
import type { Json } from '../store/notebook-json.js';

export function sessionsApi(router: Router, sessions: Sessions): void {
  router.on('GET', '/api/sessions', () => json(200, sessions.list()));
  router.on('POST', '/api/sessions', async call => {
    const { path, name } = await call.body();
    if (typeof path !== 'string') throw new HttpError(400, 'A session needs the path of a notebook.');
    return json(201, await sessions.open(path, typeof name === 'string' ? name : path));
  });
  router.on('GET', '/api/sessions/:id', call => json(200, find(sessions, call)));
  router.on('PATCH', '/api/sessions/:id', async call => {
    const old = find(sessions, call);
    const { path, name, kernel } = await call.body();
    if (kernel !== undefined && kernel !== null) await sessions.replaceKernel(call.param('id'));
    sessions.rename(call.param('id'), String(path ?? old.path), String(name ?? old.name));
    return json(200, find(sessions, call));
  });
  router.on('DELETE', '/api/sessions/:id', async call => {
    find(sessions, call);
    await sessions.end(call.param('id'));
    return noContent;
  });
}

function find(sessions: Sessions, call: Call): Json {
  const session = sessions.get(call.param('id'));
  if (session === undefined) throw new HttpError(404, 'There is no such session; its kernel has been shut down.');
  return session;
}
