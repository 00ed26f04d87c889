/** Where this user's programs keep state: the XDG Base Directory Specification; on Windows the local application data. */
import os from 'node:os';
import path from 'node:path';

export function userState(env = process.env, platform = process.platform, home = os.homedir()): string {
  if (platform === 'win32') return path.join(env.LOCALAPPDATA ?? path.join(home, 'AppData', 'Local'), 'put-page');
  // The specification: a relative path is invalid, and ignored.
  const xdg = env.XDG_STATE_HOME;
  return path.join(xdg !== undefined && path.isAbsolute(xdg) ? xdg : path.join(home, '.local', 'state'), 'put-page');
}

/** In a variable that names a folder: that of whoever runs the kernel. A kernelspec for all users of a machine says so. */
export const OWN_STATE = 'own';
