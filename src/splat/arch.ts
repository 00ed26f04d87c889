/** The architecture, as far as a report lets it be seen. */
import type { SplatFields } from './types.js';

const bySymbol: readonly [RegExp, string][] = [
  [/^(?:__x64_sys_|entry_SYSCALL_64|x86_64_start|secondary_startup_64|asm_exc_|asm_sysvec|exc_page_fault$)/, 'x86-64'],
  [/^(?:__ia32_sys_|sysenter_do_call|entry_INT80_32|common_exception$|entry_SYSENTER_32)/, 'i386'],
  [/^(?:el0_|el1_|el0t_64|__arm64_sys_|do_el0_svc|primary_entry|__primary_switched)/, 'arm64'],
  [/^(?:unwind_backtrace|ret_fast_syscall|__dabt_usr|__dabt_svc)/, 'arm'],
  [/^(?:__riscv_sys_|do_trap_ecall_u|ret_from_exception$)/, 'riscv'],
  [/^(?:__s390x_sys_|pgm_check_handler|sysc_)/, 's390x'],
  [/^(?:system_call_exception|system_call_common|start_here_common)/, 'powerpc'],
  [/^(?:handle_sys|syscall_common|tlb_do_page_fault_\d)/, 'mips'],
  [/^(?:linux_sparc_syscall|sparc64_)/, 'sparc'],
  [/^(?:do_syscall$|handle_syscall$)/, 'loongarch'],
];

const byHardware: readonly [RegExp, string][] = [
  [/riscv/i, 'riscv'],
  [/^IBM \d{4}|QEMU \d{4}.*KVM/, 's390x'],
  [/pSeries|PowerNV|PowerMac|POWER\d/i, 'powerpc'],
  [/BCM28\d\d|Device Tree\)/, 'arm'],
];

/** Functions looked up so far: logs repeat the same few. Cleared when it grows, so that it stays small on any log. */
const known = new Map<string, string | null>();
const mostKnown = 4096;

function archOfSymbol(name: string): string | null {
  const before = known.get(name);
  if (before !== undefined) return before;
  const arch = bySymbol.find(([pattern]) => pattern.test(name))?.[1] ?? null;
  if (known.size >= mostKnown) known.clear();
  known.set(name, arch);
  return arch;
}

/** A name such as `x86-64` or `arm64`, null where nothing in the report tells. */
export function archOf(f: SplatFields): string | null {
  for (const frame of f.frames) {
    const arch = archOfSymbol(frame.function);
    if (arch !== null) return arch;
  }
  if (f.hardware !== null) for (const [pattern, arch] of byHardware) if (pattern.test(f.hardware)) return arch;
  if (f.kernel !== null && /\bx86_64\b|amd64/.test(f.kernel)) return 'x86-64';
  if (f.kernel !== null && /aarch64/.test(f.kernel)) return 'arm64';
  // Addresses of the direct map of x86-64, where they are not hashed.
  if ([f.pte, f.vma?.anonVma, f.vma?.mapping].some(x => /^ffff(?:8[89a-f]|[9ab][0-9a-f])[0-9a-f]{10}$/.test(x ?? '')))
    return 'x86-64';
  if (f.page?.startsWith('ffffea') || f.rawWords?.some(w => w.startsWith('ffffea') || w.startsWith('ffff8880')))
    return 'x86-64';
  if (f.page?.startsWith('c00c0') || f.rawWords?.some(w => w.startsWith('5deadbeef'))) return 'powerpc';
  return null;
}

/** Whether words are big-endian; null where it is not known. */
export function isBigEndian(arch: string | null): boolean | null {
  if (arch === 's390x' || arch === 'sparc') return true;
  if (arch === 'x86-64' || arch === 'i386' || arch === 'riscv' || arch === 'loongarch') return false;
  return null;
}
