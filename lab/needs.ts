/** What the lab needs on the reader's machine, and how to get what is missing. */
import { Missing, programAt } from './run.js';

/** Programs, and the Debian package of each. */
const PROGRAMS: Readonly<Record<string, string>> = {
  'qemu-system-x86_64': 'qemu-system-x86',
  busybox: 'busybox-static',
  cpio: 'cpio',
  depmod: 'kmod',
  modprobe: 'kmod',
  gcc: 'gcc',
  make: 'make',
  bc: 'bc',
  pahole: 'pahole',
  strip: 'binutils',
  xz: 'xz-utils',
  gzip: 'gzip',
  'mkfs.ext4': 'e2fsprogs',
};
/** Without these there is no Debian here, and nothing that the lab could do about it. */
const DEBIAN = ['apt-get', 'apt-cache', 'dpkg'];

/** What --leak needs besides. */
const FOR_LEAK: Readonly<Record<string, string>> = { bpftrace: 'bpftrace', ldd: 'libc-bin' };

/** Errors: Missing, with all that is missing and the one line that gets it. */
export function checkNeeds(leak = false): void {
  const programs = leak ? { ...PROGRAMS, ...FOR_LEAK } : PROGRAMS;
  if (process.platform !== 'linux' || process.arch !== 'x64')
    throw new Missing(
      `the lab boots x86-64 kernels of Debian on Linux; this is ${process.platform} on ${process.arch}. ` +
        'put-page replay plays the recordings that are there already.',
    );
  const debian = DEBIAN.filter(name => programAt(name) === null);
  if (debian.length > 0)
    throw new Missing(
      `there is no ${debian.join(', ')}: the lab fetches its kernels by apt. Run it on Debian 12 or 13, or in such a ` +
        'container (docker run -it --rm -v "$PWD":/kit -w /kit debian:12). put-page replay needs none of this.',
    );
  const missing = Object.keys(programs).filter(name => programAt(name) === null);
  if (missing.length === 0) return;
  const packages = [...new Set(missing.map(name => programs[name]))].join(' ');
  throw new Missing(
    `there is no ${missing.join(', ')}. Get ${missing.length === 1 ? 'it' : 'them'} as root: ` +
      `apt-get update && apt-get install -y --no-install-recommends ${packages}${process.getuid?.() === 0 ? '' : ' (you are not root: sudo)'}`,
  );
}
