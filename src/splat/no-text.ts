/** Files that are no text, told by their first bytes. */

/** What a file is whose first bytes are these (null: any), and how its user gets text out of it. */
export interface Container {
  readonly bytes: readonly (number | null)[];
  readonly is: string;
  readonly use: (name: string) => string;
}

const containers: readonly Container[] = [
  { bytes: [0x1f, 0x8b], is: 'compressed (gzip)', use: () => 'zcat' },
  { bytes: [0x28, 0xb5, 0x2f, 0xfd], is: 'compressed (zstd)', use: () => 'zstdcat' },
  { bytes: [0xfd, 0x37, 0x7a, 0x58], is: 'compressed (xz)', use: () => 'xzcat' },
  { bytes: [0x42, 0x5a, 0x68], is: 'compressed (bzip2)', use: () => 'bzcat' },
  { bytes: [0x50, 0x4b, 0x03, 0x04], is: 'a zip archive', use: name => `unzip -p ${name}` },
  { bytes: [0x4c, 0x50, 0x4b, 0x53], is: 'a journal of systemd', use: name => `journalctl -k --file ${name}` },
  { bytes: [0xff, 0xfe, 0, 0], is: 'UTF-32', use: () => 'iconv -f utf-32' },
  { bytes: [0, 0, 0xfe, 0xff], is: 'UTF-32', use: () => 'iconv -f utf-32' },
  { bytes: [0xff, 0xfe], is: 'UTF-16', use: () => 'iconv -f utf-16' },
  { bytes: [0xfe, 0xff], is: 'UTF-16', use: () => 'iconv -f utf-16' },
  { bytes: [0x5b, 0, null, 0, null, 0], is: 'UTF-16', use: () => 'iconv -f utf-16le' },
  { bytes: [0, 0x5b, 0, null, 0, null], is: 'UTF-16', use: () => 'iconv -f utf-16be' },
];

/** Bytes that a text log holds only where it is damaged: control characters other than tab, line ends and escape. */
export function oddBytes(head: Uint8Array): number {
  return head.reduce((n, b) => n + (b < 9 || (b > 13 && b < 32 && b !== 27) || b === 127 ? 1 : 0), 0);
}

/** What the first bytes belong to; null: nothing known here, so probably text. `more` is looked through first. */
export function containerOf(head: Uint8Array, more: readonly Container[] = []): Container | null {
  return [...more, ...containers].find(c => c.bytes.every((byte, i) => byte === null || head[i] === byte)) ?? null;
}

/** Whether the first bytes are those of no text: more than one in twenty is a control character. */
export function isBinary(head: Uint8Array): boolean {
  return oddBytes(head) > head.length / 20;
}
