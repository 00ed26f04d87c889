/** vm_flags of a mapping, as "Bad page map" prints them. The bits below 32 are those of include/linux/mm.h since 3.16. */

const names: readonly (readonly [number, string])[] = [
  [0x1, 'read'],
  [0x2, 'write'],
  [0x4, 'exec'],
  [0x8, 'shared'],
  [0x10, 'mayread'],
  [0x20, 'maywrite'],
  [0x40, 'mayexec'],
  [0x80, 'mayshare'],
  [0x100, 'growsdown'],
  [0x200, 'uffd_missing'],
  [0x400, 'pfnmap'],
  [0x1000, 'uffd_wp'],
  [0x2000, 'locked'],
  [0x4000, 'io'],
  [0x8000, 'seqread'],
  [0x10000, 'randread'],
  [0x20000, 'dontcopy'],
  [0x40000, 'dontexpand'],
  [0x80000, 'lockonfault'],
  [0x100000, 'account'],
  [0x200000, 'noreserve'],
  [0x400000, 'hugetlb'],
  [0x800000, 'sync'],
  [0x1000000, 'arch_1'],
  [0x2000000, 'wipeonfork'],
  [0x4000000, 'dontdump'],
  [0x8000000, 'softdirty'],
  [0x10000000, 'mixedmap'],
  [0x20000000, 'hugepage'],
  [0x40000000, 'nohugepage'],
  [0x80000000, 'mergeable'],
];

/** The names of the set bits in small letters (VM_PFNMAP is `pfnmap`); bits without a name as hex. Null for a value that is no hex number. */
export function vmFlagNames(hex: string | null): string[] | null {
  if (hex === null || !/^[0-9a-f]{1,16}$/.test(hex)) return null;
  const value = BigInt(`0x${hex}`);
  const found = names.filter(([bit]) => (value & BigInt(bit)) !== 0n);
  const rest = found.reduce((left, [bit]) => left & ~BigInt(bit), value);
  return [...found.map(([, name]) => name), ...(rest === 0n ? [] : [`0x${rest.toString(16)}`])];
}
