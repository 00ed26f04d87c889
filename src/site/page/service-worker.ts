/** After the first visit every page opens without a network. A new version of the site waits until all its pages are closed. */

/** Put before this script when the site is built. */
declare const SITE: { readonly version: string; readonly files: readonly string[] };

interface Extendable extends Event {
  waitUntil(work: Promise<unknown>): void;
}

interface Fetching extends Event {
  readonly request: Request;
  respondWith(answer: Promise<Response>): void;
}

const scope = (globalThis as unknown as { readonly registration: { readonly scope: string } }).registration.scope;
/** Other sites may live on the same host, in folders of their own. */
const own = `put-page ${scope}`;
const name = `${own} ${SITE.version}`;

async function install(): Promise<void> {
  const cache = await caches.open(name);
  await cache.addAll(SITE.files.map(file => new Request(new URL(file, scope), { cache: 'no-cache' })));
}

async function dropOld(): Promise<void> {
  const names = await caches.keys();
  await Promise.all(names.filter(one => one.startsWith(`${own} `) && one !== name).map(one => caches.delete(one)));
}

async function answered(request: Request): Promise<Response> {
  const url = new URL(request.url);
  url.search = '';
  url.hash = '';
  if (url.href === scope) url.pathname += 'index.html';
  const cache = await caches.open(name);
  return (await cache.match(url.href)) ?? fetch(request);
}

addEventListener('install', event => (event as Extendable).waitUntil(install()));
addEventListener('activate', event => (event as Extendable).waitUntil(dropOld()));
addEventListener('fetch', event => {
  const { request } = event as Fetching;
  if (request.method === 'GET' && request.url.startsWith(scope)) (event as Fetching).respondWith(answered(request));
});
