/** A driver that forgets pages, in a stock kernel: bpftrace looks on, and the ledger has to name it. */
import { copyFileSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { holding, ledgerText, PageLedger, readLines, TraceReader, takersOf } from '#src/pageref/index.js';
import { bootMachine } from './boot.js';
import { makeModule, pack, SOURCES } from './build.js';
import type { Kernel } from './kernels.js';
import { LabFailed, programAt, run } from './run.js';

/** Of twenty calls every second one forgets a page (leak/user.c, leak/leaky.c). */
export const FORGOTTEN = 10;
/** The function of the driver that is not inlined and from which gup is called. */
export const LEAKER = 'leaky_ioctl';
/** bpftrace brings a compiler. */
const MEMORY = '3G';

/** One kernel. True: the driver, and nobody else, is said to hold the pages that it forgot. */
export async function runLeak(kernel: Kernel, out: string, say: (text: string) => void): Promise<boolean> {
  const own = mkdtempSync(path.join(kernel.folder, 'leak-'));
  say(`${kernel.version}: building the driver`);
  const initrd = await pack(await buildRoot(kernel, own));
  say(`${kernel.version}: booting ${kernel.abi}`);
  const trace = (await bootMachine(kernel, initrd, { memory: MEMORY })).replaceAll('\r', '');
  mkdirSync(out, { recursive: true });
  const file = path.join(out, `leak-${kernel.version}.trace`);
  writeFileSync(file, trace);
  rmSync(own, { recursive: true });
  const { ledger, text } = await toldBy(trace);
  process.stdout.write(text);
  const named = leakOf(ledger);
  say(`${kernel.version} (${file}): ${LEAKER} forgot ${FORGOTTEN} pages; the ledger says ${named}`);
  return named === `${FORGOTTEN} taken by ${LEAKER}`;
}

/** The ledger of a trace, and what the command prints of it. */
export async function toldBy(trace: string): Promise<{ readonly ledger: PageLedger; readonly text: string }> {
  const ledger = new PageLedger({ pfns: [] });
  const reader = new TraceReader((event, stack) => ledger.take(event, stack));
  async function* bytes(): AsyncGenerator<Uint8Array> {
    yield Buffer.from(trace);
  }
  await readLines(bytes(), reader);
  ledger.finish();
  return { ledger, text: ledgerText(ledger, reader, { top: 3 }) };
}

/** Of whose taking pages are still held, where the driver stands in it: `10 taken by leaky_ioctl`. */
export function leakOf(ledger: PageLedger): string {
  const named = takersOf(holding(ledger)).filter(t => [t.holder, ...t.functions].includes(LEAKER));
  return named.map(t => `${t.pages} taken by ${LEAKER}`).join(', ') || 'nothing of it';
}

async function buildRoot(kernel: Kernel, own: string): Promise<string> {
  const sources = path.join(SOURCES, 'leak');
  const module = path.join(own, 'module');
  await run('cp', ['-r', sources, module]);
  await makeModule(kernel, module);
  const root = path.join(own, 'root');
  for (const sub of ['bin', 'proc', 'sys', 'dev', 'tmp']) mkdirSync(path.join(root, sub), { recursive: true });
  for (const name of ['busybox', 'bpftrace']) {
    const program = programAt(name);
    if (program === null) throw new LabFailed(`${name} is gone`);
    copyFileSync(program, path.join(root, 'bin', name));
    if (name === 'bpftrace') await copyLibraries(program, root);
  }
  copyFileSync(path.join(module, 'leaky.ko'), path.join(root, 'leaky.ko'));
  copyFileSync(path.join(sources, 'gup.bt'), path.join(root, 'gup.bt'));
  copyFileSync(path.join(sources, 'init.sh'), path.join(root, 'init'));
  await run('gcc', ['-O1', '-static', '-Wall', '-Wextra', '-o', path.join(root, 'user'), path.join(sources, 'user.c')]);
  await run('chmod', ['755', path.join(root, 'init'), path.join(root, 'bin/busybox'), path.join(root, 'bin/bpftrace')]);
  return root;
}

/** What a program loads, under the names by which it asks for it. */
async function copyLibraries(program: string, root: string): Promise<void> {
  for (const [library] of (await run('ldd', [program])).matchAll(/\/[^ )\n]+/g)) {
    mkdirSync(path.join(root, path.dirname(library)), { recursive: true });
    copyFileSync(realpathSync(library), path.join(root, library));
  }
}
