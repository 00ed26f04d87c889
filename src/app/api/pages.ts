/** The two pages, their assets, and the files of the clone that notebooks link to. */
import path from 'node:path';
import { isClone } from '../../jupyter/project-root.js';
import type { BuiltPage } from '../bundle/build-page.js';
import { type Door, sessionCookie } from '../http/guard.js';
import { HttpError, type Reply, text } from '../http/reply.js';
import type { Router } from '../http/router.js';
import type { Paths } from '../paths.js';
import { Unreadable } from '../store/errors.js';
import { readInside } from '../store/read-inside.js';
import type { WorkingCopies } from '../store/working-copies.js';
import { homeHtml, notebookHtml, type Trouble, troubleHtml } from './html.js';

const TYPES: Readonly<Record<string, string>> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
};

const PICTURES: Readonly<Record<string, string>> = {
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
};

/** Folders of the clone that a link in a notebook may show; everything in them is public in the repository. */
const SHOWN = ['data', 'docs', 'notebooks', 'src', 'test'];

export function pages(router: Router, door: () => Door, built: BuiltPage, paths: Paths, copies: WorkingCopies): void {
  const { root } = paths;
  const clone = isClone(root);
  const shown = clone ? path.relative(root, paths.copies) : paths.copies;
  const html = (body: string, status = 200): Reply => ({
    status,
    headers: { 'content-type': 'text/html; charset=utf-8', 'set-cookie': sessionCookie(door()) },
    body,
  });
  router.on('GET', '/', () => html(homeHtml(built.key, { copies: shown, clone })));
  router.on('GET', '/notebook/:name', async call => {
    try {
      await copies.open(call.param('name'));
    } catch (error) {
      const { status, trouble } = troubleOf(error);
      return html(troubleHtml(built.key, trouble), status);
    }
    return html(notebookHtml(built.key));
  });
  router.on('POST', '/notebook/:name/original', async call => {
    const name = call.param('name');
    await copies.revert(name);
    return { status: 303, headers: { location: `/notebook/${encodeURIComponent(name)}` } };
  });
  router.on('GET', `/assets/${built.key}/:file*`, async call => {
    const body = await readInside(built.dir, call.param('file'));
    const type = TYPES[path.extname(call.param('file'))] ?? 'application/octet-stream';
    // The key names the content: the same address never means other bytes.
    const forEver = 'private, max-age=31536000, immutable';
    return { status: 200, headers: { 'content-type': type, 'cache-control': forEver }, body };
  });
  router.on('GET', '/files/:file*', async call => {
    const file = call.param('file');
    if (!SHOWN.includes(file.split('/')[0] ?? ''))
      throw new HttpError(403, `Only files in ${SHOWN.join(', ')} are shown.`);
    const body = await readInside(root, file);
    const picture = PICTURES[path.extname(file)];
    const reply =
      picture === undefined ? text(200, body.toString()) : { status: 200, headers: { 'content-type': picture }, body };
    // Opened by itself, a picture is a document of our origin: it gets no scripts and no origin.
    const policy = {
      'content-security-policy': "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:",
    };
    return { ...reply, headers: { ...reply.headers, ...policy } };
  });
}

function troubleOf(error: unknown): { readonly status: number; readonly trouble: Trouble } {
  const sentence = error instanceof Error ? error.message : String(error);
  if (error instanceof Unreadable) {
    const back = error.copy && !error.own ? error.notebook : undefined;
    return { status: error.status, trouble: { title: 'This notebook cannot be shown', sentence, back } };
  }
  const status = error instanceof HttpError ? error.status : 500;
  return {
    status,
    trouble: { title: status === 404 ? 'No such notebook' : 'This notebook cannot be shown', sentence },
  };
}
