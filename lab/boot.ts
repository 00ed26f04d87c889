/** One boot under QEMU: no network, no device but two serial ports, and a time limit. */
import { existsSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import type { Kernel } from './kernels.js';
import { LabFailed, run } from './run.js';

export type What = 'cases' | 'devices' | 'sequences';

/** Three regions that the kernel takes for persistent memory. */
const REGIONS = 'memmap=64M!448M,64M!576M,64M!704M';

/** A boot takes 10 to 40 s in emulation, and a sequence a third of a second. */
const BOOT_LIMIT = 300;
const SECONDS_A_SEQUENCE = 2;

/** Boots the kernel and gives the rows that the program printed. `heard`: told how many rows there are, while it runs. */
export async function boot(
  kernel: Kernel,
  initrd: string,
  what: readonly What[],
  sequences: number,
  heard: (rows: number) => void,
): Promise<string> {
  const limit = BOOT_LIMIT + SECONDS_A_SEQUENCE * sequences;
  return bootMachine(kernel, initrd, { append: `${REGIONS} lab=${what.join(',')}`, limit, heard });
}

export interface Machine {
  /** More for the kernel's command line. */
  readonly append?: string;
  /** As QEMU takes it; 1G unless told. */
  readonly memory?: string;
  /** Seconds. */
  readonly limit?: number;
  readonly heard?: (lines: number) => void;
}

/** Boots the kernel and gives what its second serial port said. Errors: LabFailed, if the first did not say `lab: done`, or that something failed. */
export async function bootMachine(
  kernel: Kernel,
  initrd: string,
  { append = '', memory = '1G', limit = BOOT_LIMIT, heard }: Machine,
): Promise<string> {
  const rows = path.join(path.dirname(initrd), 'rows.jsonl');
  const log = path.join(path.dirname(initrd), 'console.log');
  for (const file of [rows, log]) rmSync(file, { force: true });
  // no_timer_check: an emulated machine that is kept waiting would fail the kernel's test of its timer.
  const line = `console=ttyS0 panic=-1 mitigations=off no_timer_check loglevel=4 ${append}`;
  const read = (file: string) => (existsSync(file) ? readFileSync(file, 'utf8') : '');
  const args = [
    ...['-accel', 'tcg,thread=multi', '-cpu', 'max,la57=off', '-smp', '1', '-m', memory],
    ...['-display', 'none', '-monitor', 'none', '-nic', 'none', '-no-reboot'],
    ...['-serial', `file:${log}`, '-serial', `file:${rows}`],
    ...['-kernel', path.join(kernel.folder, 'root/boot', `vmlinuz-${kernel.abi}`), '-initrd', initrd, '-append', line],
  ];
  await run('qemu-system-x86_64', args, { limit, meanwhile: () => heard?.(read(rows).split('\n').length - 1) });
  const said = read(log);
  if (!said.includes('lab: done') || /lab: .* failed/.test(said))
    throw new LabFailed(
      `the kernel ${kernel.version} did not get to the end; the last it said (${log}):\n  ${said.trim().split('\n').slice(-12).join('\n  ')}`,
    );
  return read(rows);
}
