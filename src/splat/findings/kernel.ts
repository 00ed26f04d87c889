/** What kernel name, taint and process say. */
import { taintLetters } from '../layouts/taint.js';
import { compareRelease, numbersOf, type Release } from '../release.js';
import type { Finding, SplatFields } from '../types.js';

/** The letters after "Tainted:", without the dashes and small letters of Red Hat's own positions. */
export function lettersOf(taint: string | null): string[] {
  if (taint === null || !taint.startsWith('Tainted:')) return [];
  return [...new Set(taint.slice('Tainted:'.length).match(/[A-Z]/g) ?? [])];
}

function taintFindings(f: SplatFields): Finding[] {
  const because = { taint: f.taint };
  return lettersOf(f.taint)
    .filter(letter => letter !== 'G')
    .map(letter => {
      const text = taintLetters[letter];
      if (text === undefined)
        return { certainty: 'unknown' as const, text: `Taint ${letter}: not known here.`, because };
      if (letter === 'B' && f.kind !== 'dump_page')
        return {
          certainty: 'likely' as const,
          text: `Taint B: ${text}. A report sets it after its own lines, so this is not the first one since boot.`,
          because,
        };
      return { certainty: 'likely' as const, text: `Taint ${letter}: ${text}.`, because };
    });
}

function kernelFindings(f: SplatFields, release: Release | null): Finding[] {
  const out: Finding[] = [];
  if (f.kernel === null || release === null) return out;
  const because = { kernel: f.kernel };
  const base = `${release.major}.${release.minor}${release.patch > 0 ? `.${release.patch}` : ''}${release.rc === null ? '' : `-rc${release.rc}`}`;
  if (release.ahead !== null && release.ahead > 0)
    out.push({
      certainty: 'likely',
      text: `The name says ${release.ahead} ${release.ahead === 1 ? 'commit' : 'commits'} on top of ${base}${release.commit === null ? '' : `, at commit ${release.commit}`}: not the released kernel.`,
      because,
    });
  if (release.backports)
    out.push({
      certainty: 'possible',
      text: 'A distribution kernel that takes changes from later releases: layouts and tests may be newer than the number.',
      because,
    });
  if (f.kernelFrom === 'log')
    out.push({ certainty: 'possible', text: 'The kernel is named elsewhere in the log, not in this report.', because });
  return out;
}

function limiterFinding(f: SplatFields): Finding[] {
  if (f.suppressed === null) return [];
  return [
    {
      certainty: 'likely',
      text: `${f.suppressed} reports before this one were not printed: the kernel stops after 60 and goes on 60 seconds after the first.`,
      because: { suppressed: f.suppressed },
    },
  ];
}

function samePageFinding(f: SplatFields, release: Release | null, samePageAt: number | null): Finding[] {
  if (samePageAt === null) return [];
  const resets = release === null || compareRelease(numbersOf(release), { major: 6, minor: 10 }) <= 0;
  return [
    {
      certainty: 'likely',
      text: `The report at line ${samePageAt} is about the same page${f.kind === 'bad_page_map' && resets ? ': up to 6.10 bad_page() resets the map count, so that a later unmap of the page is reported as "Bad page map"' : ''}.`,
      because: { pfn: f.pfn },
    },
  ];
}

/** `samePageAt`: first line of an earlier report of the same page, null where there is none. */
export function surroundingFindings(f: SplatFields, release: Release | null, samePageAt: number | null): Finding[] {
  return [
    ...samePageFinding(f, release, samePageAt),
    ...taintFindings(f),
    ...kernelFindings(f, release),
    ...limiterFinding(f),
  ];
}
