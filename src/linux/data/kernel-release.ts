/**
 * The release of a kernel as people have it: a tag, what `uname -r`, `uname -rv` or `uname -a` prints, /proc/version. Pure: what is
 * known of that kernel is the business of affected.ts.
 */
import { distributionOf } from './distributions.js';
import { KernelError } from './error.js';
import { parseTag } from './tag.js';

interface Common {
  /** As it was given, without what stands around it. */
  readonly name: string;
  /** The mainline release that it is based on: `6.1`. */
  readonly line: string;
}

/** `5.4`, `5.4-rc8`, and as uname says it, `5.4.0` and `5.4.0-rc8`. */
export interface MainlineKernel extends Common {
  readonly kind: 'mainline';
  readonly tag: string;
}

/** `6.1.90` */
export interface StableKernel extends Common {
  readonly kind: 'stable';
  readonly sublevel: number;
}

/** `6.8+v11`: a patch series on a release. */
export interface SeriesKernel extends Common {
  readonly kind: 'series';
}

/** A kernel with changes of somebody's own: a distribution's, or one with a suffix that says nothing. */
export interface ChangedKernel extends Common {
  readonly kind: 'changed';
  /** Null: whose it is cannot be seen. */
  readonly distribution: string | null;
  /** The stable release under it, where the release says so; Debian and Ubuntu print 0 there. */
  readonly sublevel?: number;
  /** Debian's package, where it was given: `6.1.76-1`. */
  readonly package?: string;
}

export type Kernel = MainlineKernel | StableKernel | SeriesKernel | ChangedKernel;

/** The last minor number of each major one that has ended: there is no 5.20. */
const LAST: Readonly<Record<number, number>> = { 2: 6, 3: 19, 4: 20, 5: 19, 6: 19 };
const RELEASE = /^v?(?<major>\d+)\.(?<minor>\d+)(?:\.(?<sublevel>\d+))?(?:-rc(?<rc>\d+))?(?<suffix>\S*)$/;
const EXAMPLES = '6.1.90, 5.4-rc7, 6.1.0-18-amd64 with its package version, or a whole line of uname -a';

/** Errors: no release in it; a release that never was. */
export function parseKernel(text: string): Kernel {
  const words = text.trim().split(/\s+/);
  const at = words.findIndex(w => /^v?\d+\.\d/.test(w));
  const word = words[at]?.replace(/^v/, '');
  const m = word === undefined ? undefined : RELEASE.exec(word)?.groups;
  if (word === undefined || m === undefined) throw new KernelError(notOne(text.trim()));
  const [major, minor] = [Number(m.major), Number(m.minor)];
  const line = `${major}.${minor}`;
  const last = LAST[major];
  if (major < 2 || (last !== undefined && minor > last))
    throw new KernelError(
      `there is no Linux ${line}${last === undefined ? '' : `: ${major}.${last} was the last of Linux ${major}`}`,
    );
  const sublevel = Number(m.sublevel ?? 0);
  const suffix = m.suffix ?? '';
  const rest = words.slice(at + 1).join(' ');
  if (m.rc !== undefined && sublevel > 0)
    throw new KernelError(`'${word}': a stable release has no release candidates in its name; ${expected()}`);
  if (m.rc !== undefined && (Number(m.rc) < 1 || Number(m.rc) > 8))
    throw new KernelError(`'${word}': release candidates are -rc1 to -rc8`);
  const series = /^\+(?<series>v\d[\w.-]*)$/.exec(suffix)?.groups?.series;
  if (series !== undefined) return { kind: 'series', name: parseTag(word).tag, line };
  const distribution = distributionOf(suffix, rest);
  if (suffix === '' && distribution === null) {
    const tag = m.rc === undefined ? line : `${line}-rc${m.rc}`;
    return sublevel === 0
      ? { kind: 'mainline', name: word, line, tag }
      : { kind: 'stable', name: word, line, sublevel };
  }
  return changed(word, line, sublevel, distribution, rest);
}

function changed(
  name: string,
  line: string,
  sublevel: number,
  distribution: string | null,
  rest: string,
): ChangedKernel {
  const known = distribution === 'Debian' ? debianPackage(rest) : undefined;
  if (known !== undefined && known.line !== line)
    throw new KernelError(`'${name}' and the package ${known.package} are of two kernels: ${line} and ${known.line}`);
  return {
    kind: 'changed',
    name,
    line,
    distribution,
    ...(known !== undefined ? { sublevel: known.sublevel, package: known.package } : sublevel > 0 ? { sublevel } : {}),
  };
}

/** `Debian 6.1.76-1` in a line of uname, or a package version that stands alone behind the release. */
function debianPackage(rest: string): { package: string; line: string; sublevel: number } | undefined {
  const m = /(?:\bDebian |^)(?<package>(?<line>\d+\.\d+)\.(?<sublevel>\d+)-\d[\w.~+]*)/.exec(rest)?.groups;
  if (m?.package === undefined || m.line === undefined) return undefined;
  return { package: m.package, line: m.line, sublevel: Number(m.sublevel) };
}

const expected = () => `expected one like ${EXAMPLES}`;

/** What to say of a text without a release: with the release that was probably meant. */
function notOne(text: string): string {
  const mended = text
    .replace(/^(?:linux|kernel)[-_ ]?/i, '')
    .replaceAll(/[,;:_ ]/g, '.')
    .replaceAll(/[lI]/g, '1')
    .replaceAll(/[oO]/g, '0');
  const meant = RELEASE.test(mended) && mended !== text ? `; did you mean '${mended}'?` : '';
  const said = text === '' ? 'nothing was given' : `'${text.slice(0, 80)}' names no kernel release`;
  return `${said}; ${expected()}${meant}`;
}
