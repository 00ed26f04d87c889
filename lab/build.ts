/** The module, the program, and the initial file system that they boot in. */
import { copyFileSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Kernel } from './kernels.js';
import { LabFailed, programAt, run } from './run.js';

/** The lab's own sources: this file runs from dist-test/lab. */
export const SOURCES = fileURLToPath(new URL('../../lab/', import.meta.url));

/** Persistent memory and DAX on it; and for guests AMD's virtualization, which QEMU can do by itself. Each with all that it depends on. */
const MODULES = ['nd_pmem', 'nd_e820', 'dax_pmem', 'device_dax', 'ext4', 'kvm-amd'];
/** Parts that some machines have no hardware for, and nobody misses. */
const OPTIONAL = ['crc32c-intel.ko', 'nd_btt.ko'];

/** Builds all but the sequences, in a folder of this run alone. Gives the folder that becomes the initial file system. Errors: LabFailed. */
export async function buildRoot(kernel: Kernel, own: string, say: (text: string) => void): Promise<string> {
  const root = path.join(own, 'initrd');
  for (const sub of ['bin', 'modules']) mkdirSync(path.join(root, sub), { recursive: true });
  say(`${kernel.version}: building the module`);
  const module = path.join(own, 'module');
  await run('cp', ['-r', path.join(SOURCES, 'module'), module]);
  await makeModule(kernel, module);
  const order = [...(await modulesOf(kernel, root)), 'countprobe.ko'];
  copyFileSync(path.join(module, 'countprobe.ko'), path.join(root, 'modules/countprobe.ko'));
  for (const name of order) await run('strip', ['--strip-debug', path.join(root, 'modules', name)]);
  writeFileSync(path.join(root, 'modules/order'), `${order.join('\n')}\n`);
  writeFileSync(path.join(root, 'modules/optional'), `${OPTIONAL.join('\n')}\n`);
  const sources = readdirSync(path.join(SOURCES, 'driver'))
    .filter(name => name.endsWith('.c'))
    .map(name => `driver/${name}`);
  await run('gcc', ['-O1', '-static', '-Wall', '-Wextra', '-o', path.join(root, 'lab'), ...sources], { cwd: SOURCES });
  const busybox = programAt('busybox');
  if (busybox === null) throw new LabFailed('busybox is gone');
  copyFileSync(busybox, path.join(root, 'bin/busybox'));
  copyFileSync(path.join(SOURCES, 'init.sh'), path.join(root, 'init'));
  copyFileSync(path.join(SOURCES, 'devices.sh'), path.join(root, 'devices.sh'));
  await makeExt4(root);
  await run('chmod', ['755', path.join(root, 'init'), path.join(root, 'bin/busybox')]);
  return root;
}

/** Builds the module whose sources are in this folder. Errors: LabFailed. */
export async function makeModule({ abi, folder }: Kernel, module: string): Promise<void> {
  const headers = path.join(folder, 'headers/usr/src', `linux-headers-${abi}`);
  await run('make', ['-s', '-C', headers, `M=${module}`, 'modules']);
}

/** An empty file system for the first region. */
async function makeExt4(root: string): Promise<void> {
  const image = path.join(root, 'ext4');
  await run('truncate', ['-s', '48M', image]);
  await run(programAt('mkfs.ext4') ?? 'mkfs.ext4', ['-q', '-F', '-b', '4096', image]);
  await run('gzip', ['-1', image]);
}

/** Copies the modules, unpacked; gives their names in the order in which they must be loaded. */
async function modulesOf({ abi, folder }: Kernel, root: string): Promise<readonly string[]> {
  const from = path.join(folder, 'root');
  const names: string[] = [];
  for (const wanted of MODULES) {
    const shown = await run('modprobe', ['-d', from, '-S', abi, '--show-depends', wanted]);
    for (const [, file = ''] of shown.matchAll(/^insmod (\S+)/gm)) {
      const name = path.basename(file).replace(/\.xz$/, '');
      if (names.includes(name)) continue;
      const to = path.join(root, 'modules', name);
      if (!file.endsWith('.xz')) copyFileSync(file, to);
      else await run('sh', ['-c', 'xz -dc "$0" > "$1"', file, to]);
      names.push(name);
    }
  }
  return names;
}

/** Packs the folder, with the sequences in it, for one boot. Gives the file. */
export async function packRoot(root: string, sequences: string): Promise<string> {
  writeFileSync(path.join(root, 'sequences'), sequences);
  return pack(root);
}

/** Packs a folder as an initial file system. Gives the file. */
export async function pack(root: string): Promise<string> {
  const packed = `${root}.gz`;
  await run('sh', ['-c', 'find . | cpio -o -H newc --quiet | gzip -1 > "$0"', packed], { cwd: root });
  return packed;
}
