/** Debian's kernels: which packages a line has today, and their unpacking. Nothing is installed. */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { RECORDED_KERNELS, type RecordedKernel } from '#src/linux/index.js';
import { LabFailed, Missing, run } from './run.js';

/** The lines that the lab knows, and the packages that lead to the kernel of today. */
export const LINES: Readonly<Record<string, readonly string[]>> = {
  '6.1': ['linux-headers-amd64'],
  '6.12': ['linux-headers-6.12-amd64', 'linux-headers-amd64'],
};

export interface Kernel {
  /** `6.1.0-57-amd64` */
  readonly abi: string;
  /** `6.1.192`: of the package's version. */
  readonly version: string;
  /** Whose rules the model follows: the same, or of that line what was recorded. */
  readonly rules: RecordedKernel;
  /** Everything of it is unpacked here. */
  readonly folder: string;
}

/** Downloads and unpacks a line's kernel, unless it was done before. Errors: Missing, LabFailed. */
export async function fetchKernel(line: string, cache: string, say: (text: string) => void): Promise<Kernel> {
  const abi = await abiOf(line);
  const version = await versionOf(`linux-image-${abi}`);
  const rules = RECORDED_KERNELS.find(k => k.startsWith(`${line}.`));
  if (rules === undefined) throw new LabFailed(`no rules of ${line}; expected ${Object.keys(LINES).join(' or ')}`);
  const folder = path.join(cache, abi);
  const kernel = { abi, version, rules, folder };
  const stamp = path.join(folder, 'unpacked');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === version) return kernel;
  const packages = [`linux-image-${abi}`, `linux-headers-${abi}`, ...(await headersOf(abi))];
  say(`${line}: downloading ${packages.join(' ')}`);
  const debs = path.join(folder, 'debs');
  mkdirSync(debs, { recursive: true });
  await run('apt-get', ['download', ...packages], { cwd: debs });
  say(`${line}: unpacking`);
  for (const deb of readdirSync(debs))
    await run('dpkg', ['-x', deb, path.join('..', deb.startsWith('linux-image') ? 'root' : 'headers')], { cwd: debs });
  relocate(kernel);
  await run('depmod', ['-b', path.join(folder, 'root'), abi]);
  await run('rm', ['-rf', debs]);
  writeFileSync(stamp, version);
  return kernel;
}

/** The kernel that the line's package depends on today: never a fixed one, old ones disappear. */
async function abiOf(line: string): Promise<string> {
  for (const meta of LINES[line] ?? []) {
    const depends = await run('apt-cache', ['depends', meta]).catch(() => '');
    const abi = /Depends: linux-headers-(\S+)/.exec(depends)?.[1];
    if (abi?.startsWith(`${line}.`) === true) return abi;
  }
  throw new Missing(
    `apt knows no kernel of ${line} (${LINES[line]?.join(', ') ?? 'no such line'}). As root: apt-get update; ` +
      'Debian 12 has 6.1 and, in bookworm-security, 6.12.',
  );
}

async function versionOf(name: string): Promise<string> {
  const shown = await run('apt-cache', ['show', name]);
  const version = /^Version: (\d+\.\d+\.\d+)/m.exec(shown)?.[1];
  if (version === undefined) throw new LabFailed(`apt-cache show ${name} has no version`);
  return version;
}

/** What the headers need: those that all flavours share, and the programs that build modules. */
async function headersOf(abi: string): Promise<readonly string[]> {
  const depends = await run('apt-cache', ['depends', `linux-headers-${abi}`]);
  return [...depends.matchAll(/Depends: (linux-(?:headers|kbuild)-\S+)/g)].map(m => m[1] ?? '');
}

/** The headers' Makefile names its neighbours by where they would be installed. */
function relocate({ abi, folder }: Kernel): void {
  const makefile = path.join(folder, 'headers/usr/src', `linux-headers-${abi}`, 'Makefile');
  const text = readFileSync(makefile, 'utf8');
  writeFileSync(makefile, text.replaceAll(' /usr/src/', ` ${path.join(folder, 'headers/usr/src')}/`));
}
