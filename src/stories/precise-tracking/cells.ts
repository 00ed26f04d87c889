/** Cells of notebook 04's tables: each one is a search over every order, and a run. */
import type { Verdict } from '../../kit/index.js';
import { PAGE_KINDS } from '../../linux/index.js';
import type { Cell } from '../../views/index.js';
import { guestAccess } from './guest-access.js';
import { trackedReference } from './model.js';

/** The run of what was found: a cell shows it. */
export function runOf({ trace }: Verdict): Pick<Cell, 'run'> {
  return trace === undefined ? {} : { run: trace };
}

const BROKEN: Readonly<Record<string, string>> = {
  'nothing is freed under its owner': 'freed',
  'each get has one put': 'leak',
  accounting: 'put too often',
};

/** A fault on one kind of page in one release: is each get put, and is the access served? */
export function referenceCell(kind: string, release: string): Cell {
  const found = trackedReference({ release, kind }).explore();
  if (found.verdict === 'violated')
    return { text: BROKEN[found.violated ?? ''] ?? 'violated', tone: 'bad', ...runOf(found) };
  const { served, trace: run } = guestAccess({ release, kind });
  return served ? { text: 'holds', tone: 'good', run } : { text: 'refused', tone: 'warn', run };
}

/** What a search says of the puts of a fault. */
export function putsOf(v: { readonly verdict: string; readonly violated?: string }): string {
  if (v.violated === 'accounting') return 'a put too many';
  if (v.violated === 'each get has one put') return 'a leak';
  return v.verdict === 'holds' ? 'nothing' : `${v.violated ?? v.verdict}`;
}

/** The worst that a fault on some kind of page comes to in this release. Errors: an unknown release. */
export function worstOn(release: string): string {
  const kinds = PAGE_KINDS.map(k => k.name);
  const broken = kinds.map(kind => trackedReference({ release, kind }).explore().violated);
  if (broken.includes('nothing is freed under its owner')) return 'a page freed under its owner';
  if (broken.some(property => property !== undefined)) return 'a leak';
  return kinds.some(kind => !guestAccess({ release, kind }).served) ? 'an access refused' : 'nothing';
}

const MAPS = {
  '6.12': { release: '6.12' },
  '6.13': { release: '6.13' },
  '6.13, unsafe': { release: '6.13', allow_unsafe_mappings: true },
} as const;

/** The columns of vcpuMapCell(); `unsafe`: with allow_unsafe_mappings. */
export const VCPU_MAP_COLUMNS: readonly string[] = Object.keys(MAPS);

/** What kvm_vcpu_map() does with one kind of page, and whether KVM uses it after its driver took it back. */
export function vcpuMapCell(kind: string, column: string): Cell {
  const model = trackedReference({ ...MAPS[column as keyof typeof MAPS], kind, map: true });
  const found = model.explore();
  if (found.verdict === 'violated') return { text: 'stale mapping', tone: 'bad', ...runOf(found) };
  // The process `nested` is KVM on behalf of L2; without a page the map failed.
  const run = model.run(['vcpu x4', 'nested']);
  const refused = run.value('nested.page') === null;
  return refused ? { text: 'refused', tone: 'warn', run } : { text: 'held', tone: 'good', run };
}
