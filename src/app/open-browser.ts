/** Opens an address in the reader's browser, where there is a screen to show it. */
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** The command for this platform, or null when there is no display. */
export function browserCommand(platform: NodeJS.Platform, env: NodeJS.ProcessEnv): readonly string[] | null {
  if (platform === 'darwin') return ['open'];
  // The empty word is the window's title; without it `start` takes the address for one.
  if (platform === 'win32') return ['cmd', '/c', 'start', ''];
  return env.DISPLAY || env.WAYLAND_DISPLAY ? ['xdg-open'] : null;
}

const FORM = /^open-[0-9a-f]{16}\.html$/;

/** What was asked of a browser; `close` deletes the file that it was given. */
export interface Opening {
  close(): void;
}

/**
 * Asks a browser to show an address with a token in it. Every user of the machine can read the arguments of a program,
 * so the browser is given a file that only this user can read, and that leads to the address.
 * @returns null where there is no display; whether the browser opens is between it and the reader
 */
export function openBrowser(
  url: string,
  folder: string,
  env: NodeJS.ProcessEnv = process.env,
  platform: NodeJS.Platform = process.platform,
): Opening | null {
  const [command, ...args] = browserCommand(platform, env) ?? [];
  if (command === undefined) return null;
  const file = writeOpening(url, folder);
  const child = spawn(command, [...args, file], { stdio: 'ignore', detached: true, env });
  child.on('error', () => {
    // No such program: the address stands in the terminal.
  });
  child.unref();
  return { close: () => rmSync(file, { force: true }) };
}

function writeOpening(url: string, folder: string): string {
  mkdirSync(folder, { recursive: true });
  // A server that was killed could not delete its own.
  for (const name of readdirSync(folder)) if (FORM.test(name)) rmSync(path.join(folder, name), { force: true });
  const file = path.join(folder, `open-${randomBytes(8).toString('hex')}.html`);
  // The address is ours: a host, a port and a token of letters, digits, - and _.
  const html = `<!doctype html>
<meta charset="utf-8">
<meta name="referrer" content="no-referrer">
<meta http-equiv="refresh" content="0; url=${url}">
<title>put-page</title>
<p><a href="${url}">Open the notebooks</a></p>
`;
  writeFileSync(file, html, { mode: 0o600, flag: 'wx' });
  return file;
}
