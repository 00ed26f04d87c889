/**
 * The rules of KVM's history, and one that is still in use. Each is the predicate of that release, from the same functions that the other
 * stories use (linux/kvm/kvm_main.ts), so that there is one place that says what a release did.
 */
import { type Evidence, release, weakest } from '../../linux/index.js';
import { type KvmRules, kvm_is_reserved_pfn, kvmRules, type Pfn } from '../../linux/kvm/kvm_main.js';
import { BACKINGS, backing } from '../../linux/mm/backing.js';
import { ModelError, whatThereIs } from '../../model/index.js';
import type { PfnFacts } from './pfn-facts.js';
import { type Contract, contract, type WalkGets } from './rule.js';

export interface HistoricRule {
  /** `5.4`: KVM from that release on, unless told. */
  readonly name: string;
  readonly contract: Contract;
  /** In a few words. */
  readonly what: string;
  /** How well it is known that the release decided so. */
  readonly evidence: Evidence;
  /** Twelve digits, or null: a mail or a file was read. */
  readonly commit: string | null;
}

/** Facts as the predicates of kvm_main.c see a pfn. */
function asPfn(pfn: PfnFacts): Pfn {
  return {
    backing: { ...backing(BACKINGS[0]), ...flags(pfn) },
    page_count_above_0: () => pfn.page_count,
  };
}

function flags({ pfn_valid, PageReserved, is_zero_pfn, is_zone_device_page }: PfnFacts) {
  return { pfn_valid, PageReserved, is_zero_pfn, is_zone_device_page };
}

/** One predicate for both: the walk takes what the release will put. */
function guess(rules: KvmRules, how: WalkGets, name: string): Contract {
  const owns = (pfn: PfnFacts) => !kvm_is_reserved_pfn(rules, asPfn(pfn));
  return contract({ get: owns, how, put: owns }, name);
}

/** KVM's rule of a release from 4.8 on. */
function ofRelease(tag: string, what: string): HistoricRule {
  const r = release(tag);
  const row = r.rule('kvm_owns_page');
  const pfnmap = r.value('kvm_gets_pfnmap');
  const evidence = weakest(r.level('kvm_owns_page'), r.level('kvm_gets_pfnmap'));
  const changed =
    pfnmap === 'get_page_unless_zero' && row.value === 'reserved-not-device-not-zero' ? r.rule('kvm_gets_pfnmap') : row;
  const rules = kvmRules(r);
  const made =
    pfnmap === 'none'
      ? contract({ carries: 'page', put: (_pfn, page) => page !== null }, tag)
      : guess(rules, pfnmap, tag);
  return { name: tag, contract: made, what, evidence, commit: changed.commit ?? null };
}

/** A rule before the table begins: the predicate of 5.3, under its name of that time. */
function older(name: string, what: string, evidence: Evidence, commit: string): HistoricRule {
  return { name, contract: guess(kvmRules(release('5.3')), 'get_page', name), what, evidence, commit };
}

/** Oldest first, VFIO's last. */
export const HISTORIC_RULES: readonly HistoricRule[] = [
  older('2.6.28', 'kvm_is_mmio_pfn(): PG_reserved is MMIO, and MMIO has no references', 'inferred', 'cbff90a7caa4'),
  older('3.18', 'the same under its later name, kvm_is_reserved_pfn()', 'inferred', 'd3fccc7ef831'),
  ofRelease('5.4', 'a device page is not reserved'),
  ofRelease('5.6', 'nor is the zero page'),
  ofRelease('5.13', 'and a walk takes its reference with get_page_unless_zero()'),
  ofRelease('6.0', 'kvm_pfn_to_refcounted_page(): the same guess turned round'),
  ofRelease('6.13', 'no guess: the page that was got is carried beside the pfn'),
  {
    name: 'vfio',
    // put_pfn() asks is_invalid_reserved_pfn(); a walk (follow_fault_pfn) takes nothing.
    contract: contract({ put: pfn => pfn.pfn_valid && !pfn.PageReserved }, 'vfio'),
    what: 'put_pfn() of vfio_iommu_type1, in KVM’s place: puts unless PG_reserved, and its walk takes nothing',
    evidence: 'read',
    commit: null,
  },
];

/** KVM's own: the columns of the matrix. */
export const KVM_RULES: readonly HistoricRule[] = HISTORIC_RULES.filter(r => r.name !== 'vfio');

/** Errors: an unknown name. */
export function historicRule(name: string): HistoricRule {
  const found = HISTORIC_RULES.find(r => r.name === name);
  if (found !== undefined) return found;
  throw new ModelError(
    `no rule is called '${name}'; expected ${whatThereIs(
      name,
      HISTORIC_RULES.map(r => r.name),
    )}`,
  );
}
