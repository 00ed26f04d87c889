/** Cells of notebook 04's tables: each one is a search over every order, and a run. */
import type { Cell } from '../../views/index.js';
import { guestAccess } from './guest-access.js';
import { trackedReference } from './model.js';

/** A fault on one kind of page in one release: is each get put, and is the access served? */
export function referenceCell(kind: string, release: string): Cell {
  if (trackedReference({ release, kind }).explore().verdict === 'violated') return { text: 'violated', tone: 'bad' };
  return guestAccess({ release, kind }).served ? { text: 'holds', tone: 'good' } : { text: 'refused', tone: 'warn' };
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
  if (model.explore().verdict === 'violated') return { text: 'used after free', tone: 'bad' };
  // The process `nested` is KVM on behalf of L2; without a page the map failed.
  const got = model.run(['vcpu x4', 'nested']).value('nested.page');
  return got === null ? { text: 'refused', tone: 'warn' } : { text: 'held', tone: 'good' };
}
