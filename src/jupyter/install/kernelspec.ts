/** The file by which Jupyter and VS Code find the kernel, and where they look for it. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { kernelFlags, kernelMain } from '../client/process.js';
import { progressVariable } from '../kernel/progress-file.js';
import { kernelDisplayName, kernelName } from '../notebook/nbformat.js';

/** Absolute paths: Jupyter starts a kernel in the folder of the notebook. `progress`: the folder where bets and exercises are kept, or OWN_STATE. */
export function kernelspec(progress: string): object {
  return {
    argv: [process.execPath, ...kernelFlags, kernelMain, '--connection-file', '{connection_file}'],
    display_name: kernelDisplayName,
    env: { [progressVariable]: progress },
    interrupt_mode: 'signal',
    language: 'typescript',
  };
}

/** The user's Jupyter data folder (docs.jupyter.org, "Common Directories and File Locations"). */
export function userDataFolder(platform: NodeJS.Platform, env: NodeJS.ProcessEnv, home = homedir()): string {
  if (env.JUPYTER_DATA_DIR !== undefined && env.JUPYTER_DATA_DIR !== '') return env.JUPYTER_DATA_DIR;
  if (platform === 'darwin') return path.join(home, 'Library', 'Jupyter');
  if (platform === 'win32') return path.join(env.APPDATA ?? path.join(home, 'AppData', 'Roaming'), 'jupyter');
  return path.join(env.XDG_DATA_HOME ?? path.join(home, '.local', 'share'), 'jupyter');
}

/** Writes the kernelspec below `dataFolder` and says where. */
export function installKernelspec(dataFolder: string, progress: string): string {
  const folder = path.join(dataFolder, 'kernels', kernelName);
  const file = path.join(folder, 'kernel.json');
  mkdirSync(folder, { recursive: true });
  writeFileSync(file, `${JSON.stringify(kernelspec(progress), null, 2)}\n`);
  return file;
}
