/** Writes a tar archive (POSIX ustar): the same entries give the same bytes. */

export interface Entry {
  /** With slashes, not absolute. */
  readonly path: string;
  readonly bytes: Uint8Array;
  readonly executable?: boolean;
}

const BLOCK = 512;
/** A date that no clock of a laptop finds in the future. */
const MTIME = Date.UTC(2020, 0, 1) / 1000;

const octal = (value: number, width: number): string => `${value.toString(8).padStart(width - 1, '0')}\0`;

/** A path in the two fields of a header: at most 155 bytes, a slash, at most 100. Errors: it does not fit. */
function split(path: string): readonly [prefix: string, name: string] {
  const fits = (text: string, most: number) => Buffer.byteLength(text) <= most;
  if (fits(path, 100)) return ['', path];
  for (let at = path.indexOf('/'); at !== -1; at = path.indexOf('/', at + 1))
    if (fits(path.slice(0, at), 155) && fits(path.slice(at + 1), 100)) return [path.slice(0, at), path.slice(at + 1)];
  throw new RangeError(`this path is too long for a tar archive: ${path}`);
}

function header({ path, bytes, executable = false }: Entry): Buffer {
  const block = Buffer.alloc(BLOCK);
  const [prefix, name] = split(path);
  block.write(name, 0);
  block.write(octal(executable ? 0o755 : 0o644, 8), 100);
  block.write(octal(0, 8), 108);
  block.write(octal(0, 8), 116);
  block.write(octal(bytes.length, 12), 124);
  block.write(octal(MTIME, 12), 136);
  block.write(' '.repeat(8), 148);
  block.write('0', 156);
  block.write('ustar\x0000', 257, 'latin1');
  block.write(prefix, 345);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return block;
}

/** Errors: RangeError for a path that does not fit. */
export function tar(entries: readonly Entry[]): Buffer {
  const parts = entries.flatMap(entry => {
    const rest = (BLOCK - (entry.bytes.length % BLOCK)) % BLOCK;
    return [header(entry), entry.bytes, Buffer.alloc(rest)];
  });
  return Buffer.concat([...parts, Buffer.alloc(2 * BLOCK)]);
}
