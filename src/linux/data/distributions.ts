/** Who built a kernel, by the form of its release: what stands behind the version in `uname -r`, and in `uname -v`. Pure. */

interface Form {
  readonly name: string;
  /** Tried on what follows the numbers in the release: `-18-amd64`. */
  readonly suffix?: RegExp;
  /** Tried on the rest of the line: `#101-Ubuntu SMP …`. */
  readonly version?: RegExp;
}

const ARCH = '(?:amd64|arm64|i386|686(?:-pae)?|armmp(?:-lpae)?|riscv64|s390x|powerpc64(?:le)?|loong64|loongson-3|rpi)';
const UBUNTU =
  'generic|generic-64k|lowlatency|aws|azure|azure-fde|gcp|gke|gkeop|oracle|kvm|raspi|ibm|oem|nvidia|hwe|realtime|intel-iotg|laptop';

/** The first that fits counts; so what is narrow stands before what is wide. */
const FORMS: readonly Form[] = [
  { name: 'Oracle UEK', suffix: /\.el\d+uek/ },
  { name: 'Amazon Linux', suffix: /\.amzn\d/ },
  { name: 'Fedora', suffix: /\.fc\d+/ },
  { name: 'ELRepo', suffix: /\.elrepo/ },
  { name: 'RHEL or a clone of it', suffix: /\.el\d+/ },
  { name: 'openEuler', suffix: /\.oe\d/ },
  { name: 'Alibaba Cloud Linux', suffix: /\.al(?:nx)?\d/ },
  { name: 'Azure Linux', suffix: /\.(?:azl|cm)\d/ },
  { name: 'Photon OS', suffix: /\.ph\d/ },
  { name: 'WSL', suffix: /microsoft/i },
  { name: 'Proxmox', suffix: /-pve\b/ },
  { name: 'Android', suffix: /-android\d+/ },
  { name: 'ChromeOS', suffix: /-\d+-g[0-9a-f]+ chrome/ },
  { name: 'Raspberry Pi OS', suffix: /\+rpt|-v[78]l?\+?$/ },
  {
    name: 'Debian',
    suffix: new RegExp(`^(?:-\\d+|\\+deb\\d+|-0\\.(?:deb|bpo)[\\d.+a-z]*)(?:\\+\\S*?)?-(?:cloud-|rt-)*${ARCH}$`),
    version: /\bDebian \d/,
  },
  { name: 'Ubuntu', suffix: new RegExp(`^-\\d+-(?:${UBUNTU})(?:-\\S+)?$`), version: /-Ubuntu\b/ },
  { name: 'Arch Linux', suffix: /-arch\d|-(?:\d+-)?(?:zen|hardened|lts)\d*(?:-\d+)?$/ },
  { name: 'SUSE', suffix: /-(?:default|preempt|kvmsmall|azure)$/ },
  { name: 'Gentoo', suffix: /-gentoo/ },
  { name: 'Alpine', suffix: /-\d+-(?:virt|stable)$/ },
];

/** The distribution whose form this is, or null: somebody's own kernel, or one that is not known here. */
export function distributionOf(suffix: string, version = ''): string | null {
  const found = FORMS.find(f => f.suffix?.test(suffix) === true || f.version?.test(version) === true);
  return found?.name ?? null;
}
