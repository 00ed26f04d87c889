/** `put-page pack [--platform P] [--out F]`: the kit as one archive, for a room without a network. */
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { packageRoot } from '../app/paths.js';
import { kitEntries, kitName, PLATFORMS, type Platform, stage, tar, thisPlatform } from '../offline/index.js';
import { one } from './arguments.js';
import { BadInput, type Given } from './spec.js';

/** The exit code where xz was asked for and is not here. */
const NO_XZ = 4;
const MEGABYTE = 1e6;

/** Runs the command; returns the exit code. Errors: BadInput. */
export async function main(given: Given): Promise<number> {
  const platform = (one(given, '--platform') ?? thisPlatform()) as Platform | undefined;
  if (platform === undefined)
    throw new BadInput(
      `there is no kit for ${process.platform}-${process.arch}; give --platform one of ${PLATFORMS.join(', ')}`,
    );
  const root = packageRoot();
  // Windows unpacks .tar.gz everywhere, .tar.xz only where its tar is new.
  const ending = platform === 'win32-x64' || !hasXz() ? '.tar.gz' : '.tar.xz';
  const out = path.resolve(one(given, '--out') ?? `${kitName(root, platform)}${ending}`);
  if (!/\.(tar\.xz|tar\.gz|tgz|tar)$/.test(out))
    throw new BadInput(`--out ${out}: expected a name that ends in .tar.xz, .tar.gz, .tgz or .tar`);
  if (out.endsWith('.xz') && !hasXz()) {
    process.stderr.write('put-page pack: xz is not installed; give --out a name that ends in .tar.gz\n');
    return NO_XZ;
  }
  const staged = await stage(root);
  try {
    const bytes = compressed(tar(entriesOf(root, staged.folder, platform)), out);
    write(out, bytes);
    process.stdout.write(
      `${out}: ${(bytes.length / MEGABYTE).toFixed(1)} MB for ${platform}; START.txt in it says how to begin\n`,
    );
  } finally {
    staged.drop();
  }
  return 0;
}

function entriesOf(root: string, staged: string, platform: Platform): ReturnType<typeof kitEntries> {
  try {
    return kitEntries(root, staged, platform);
  } catch (error) {
    throw error instanceof RangeError ? new BadInput(error.message) : error;
  }
}

const hasXz = (): boolean => spawnSync('xz', ['--version']).status === 0;

function compressed(bytes: Buffer, out: string): Buffer {
  if (out.endsWith('.tar')) return bytes;
  if (!out.endsWith('.xz')) return gzipSync(bytes, { level: 9 });
  const { status, stdout, stderr } = spawnSync('xz', ['-6', '-c'], { input: bytes, maxBuffer: 2 ** 30 });
  if (status !== 0) throw new Error(`xz: ${stderr}`);
  return stdout;
}

function write(file: string, bytes: Uint8Array): void {
  try {
    writeFileSync(file, bytes);
  } catch (error) {
    throw new BadInput(`${file} cannot be written (${(error as NodeJS.ErrnoException).code})`);
  }
}
