/** Opens an address in the reader's browser, where there is a screen to show it. */
import { spawn } from 'node:child_process';

/** The command for this platform, or null when there is no display. */
export function browserCommand(platform: NodeJS.Platform, env: NodeJS.ProcessEnv): readonly string[] | null {
  if (platform === 'darwin') return ['open'];
  // The empty word is the window's title; without it `start` takes the address for one.
  if (platform === 'win32') return ['cmd', '/c', 'start', ''];
  return env.DISPLAY || env.WAYLAND_DISPLAY ? ['xdg-open'] : null;
}

/** True when a browser was asked; whether it opens is between it and the reader. */
export function openBrowser(url: string): boolean {
  const [command, ...args] = browserCommand(process.platform, process.env) ?? [];
  if (command === undefined) return false;
  const child = spawn(command, [...args, url], { stdio: 'ignore', detached: true });
  child.on('error', () => {
    // No such program: the address stands in the terminal.
  });
  child.unref();
  return true;
}
