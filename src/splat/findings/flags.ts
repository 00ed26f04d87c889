/** What the flags say, and whether their names and bits agree. */
import { type FlagReading, findCpupid } from '../flags.js';
import { compareRelease, mergeWindowOf, numbersOf, type Release } from '../release.js';
import type { Finding, SplatFields } from '../types.js';

const listed = (bits: readonly number[]): string => `${bits.length === 1 ? 'is bit' : 'are bits'} ${bits.join(', ')}`;

/** Whether the release itself is beyond doubt: this report names it, and it is no kernel that takes changes from later ones. */
function sureOfRelease(f: SplatFields, r: FlagReading, release: Release | null): boolean {
  const ofOneRelease = release !== null && mergeWindowOf(release) === null && !r.eitherRelease;
  return f.kernelFrom === 'report' && ofOneRelease && !release.backports;
}

function agreement(f: SplatFields, r: FlagReading, release: Release | null): Finding[] {
  const { value, names } = f.flags;
  if (value === null || names === null) return [];
  const because = { 'flags.value': value, 'flags.names': names.join('|') };
  if (r.verdict === 'agree' && r.bits !== null) {
    if (names.length === 0) return [];
    // A flag that an option may leave out has no fixed number: then they agree only for one configuration.
    const fixed = names.every(n => r.bits?.includes(r.layout?.flags.indexOf(n) ?? -1));
    return [
      {
        certainty: fixed && names.length === r.bits.length && sureOfRelease(f, r, release) ? 'certain' : 'likely',
        text: `Names and bits agree with the flag numbers of ${r.layout?.id ?? '?'}: ${(r.byBit ?? names).join(', ')} ${listed(r.bits)}.`,
        because,
      },
    ];
  }
  if (r.verdict === 'disagree') {
    const other =
      r.fits.length > 0
        ? ` They agree with ${r.fits.join(', ')}: a backport or another release?`
        : ' They agree with no layout known here.';
    return [
      {
        certainty: 'possible',
        text: `The printed names are not the bits of ${value} in ${r.layout?.id ?? '?'}.${other} The value may be damaged, or the line shows another page's flags (the head's).`,
        because,
      },
    ];
  }
  const guess = r.fits.length > 0 ? ` Names and bits would agree with: ${r.fits.join(', ')}.` : '';
  return [
    {
      certainty: 'unknown',
      text: `No flag numbers are known for this kernel${f.kernel === null ? ' (the log does not name it)' : ''}, so names and bits were not compared.${guess}`,
      because,
    },
  ];
}

function aliases(f: SplatFields, r: FlagReading): Finding[] {
  const names = f.flags.names ?? [];
  const out: Finding[] = [];
  for (const name of names) {
    const alias = r.layout?.aliases[name];
    if (alias === undefined) continue;
    const anonLike = names.includes('swapbacked');
    out.push({
      certainty: anonLike ? 'likely' : 'possible',
      text: `"${name}" is one bit with several meanings: ${alias}.`,
      because: { 'flags.names': names.join('|') },
    });
  }
  return out;
}

/** The multi-generational LRU keeps its numbers in page->flags since 6.1, under no name. */
function hasGenerations(release: Release | null): boolean {
  return release !== null && compareRelease(numbersOf(release), { major: 6, minor: 1 }) >= 0;
}

function freeChecks(f: SplatFields, r: FlagReading, release: Release | null): Finding[] {
  const names = f.badFlags?.names ?? f.flags.names;
  if (names === null || r.layout === null || !f.reason?.startsWith('PAGE_FLAGS_CHECK_AT_FREE')) return [];
  const bad = names.filter(n => r.layout?.checkedAtFree.includes(n));
  if (bad.length === 0)
    return [
      {
        certainty: 'possible',
        text: `None of the printed flags is one that the free path looks for: they changed before the dump${hasGenerations(release) ? ', or the generation bits of the multi-generational LRU, which have no name, were set' : ''}.`,
        because: { 'flags.names': f.flags.names?.join('|') ?? null, reason: f.reason },
      },
    ];
  const because = { 'flags.names': f.flags.names?.join('|') ?? null, reason: f.reason };
  const out: Finding[] = [{ certainty: 'likely', text: `The free path objects to: ${bad.join(', ')}.`, because }];
  if (bad.includes('active') && !names.includes('lru'))
    out.push({
      certainty: 'possible',
      text: '"active" without "lru": __page_cache_release() clears PG_active only on pages that are on the LRU, so a page that was still in a per-CPU batch when its last reference went keeps the flag.',
      because,
    });
  return out;
}

/** Zone numbers of x86-64 with ZONE_DMA and ZONE_DMA32, as distributions build it. */
const zonesX86 = ['DMA', 'DMA32', 'Normal', 'Movable', 'Device'];

/** Where the page lies: zone, node, and where the flags word keeps them. */
export function placeFindings(f: SplatFields, arch: string | null): Finding[] {
  const { value, zone, node, lastCpupid } = f.flags;
  const out: Finding[] = [];
  const name = zone === null ? undefined : zonesX86[zone];
  if (arch === 'x86-64' && name !== undefined)
    out.push({
      certainty: 'likely',
      text: `Zone ${zone} is ${name} on x86-64 with ZONE_DMA and ZONE_DMA32${node === null ? '' : `, on node ${node}`}.`,
      because: { 'flags.zone': zone, 'flags.node': node },
    });
  const found = findCpupid(value, lastCpupid);
  if (found !== null)
    out.push({
      certainty: 'likely',
      text: `lastcpupid ${lastCpupid} is all ones: not set. It fills bits ${found.lastCpupid[0]} to ${found.lastCpupid[1]}; zone and node stand in bits ${found.above[0]} to ${found.above[1]}.`,
      because: { 'flags.value': value, 'flags.lastCpupid': lastCpupid },
    });
  return out;
}

const withoutZeros = (hex: string): string => hex.replace(/^0+/, '');

function headFlags(f: SplatFields, tail: boolean): Finding[] {
  const raw = f.rawWords?.[0];
  const value = f.flags.value;
  if (raw === undefined || value === null || !/^0x[0-9a-f]+$/.test(value)) return [];
  if (withoutZeros(raw) === withoutZeros(value.slice(2))) return [];
  return [
    {
      certainty: f.head === null && !tail ? 'possible' : 'likely',
      text: `The flags line (${value}) is not raw word 0 (${raw}): ${f.head === null && !tail ? 'the page changed while it was printed' : 'the line shows the flags of the head page, the words are those of the tail page (5.16 to 5.18 and later)'}.`,
      because: { 'flags.value': value, 'rawWords.0': raw },
    },
  ];
}

export function flagFindings(f: SplatFields, r: FlagReading, release: Release | null, tail: boolean): Finding[] {
  return [...agreement(f, r, release), ...aliases(f, r), ...freeChecks(f, r, release), ...headFlags(f, tail)];
}
