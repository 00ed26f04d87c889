/** Cells that two real kernels confirm: a guest read a page of that kind, and its count was looked at before and after. */
import { RECORDED_KERNELS, type RecordedKernel, type RecordedValues, recorded, release } from '../../linux/index.js';
import { HISTORIC_RULES } from './history.js';
import { answers, type Contract } from './rule.js';

/** The recorded case for a kind of page. */
const CASES: Readonly<Record<string, string>> = {
  'anonymous, order 0': 'kvm anon (written)',
  'zero page': 'kvm anon (never written)',
  'ZONE_DEVICE (DAX)': 'kvm devdax-align-4096',
  'driver’s page by vm_insert_page': 'kvm ttm VM_MIXEDMAP vm_insert_page non-compound head',
  'compound head by VM_PFNMAP': 'kvm ttm VM_PFNMAP|VM_IO vmf_insert_pfn __GFP_COMP head',
  'compound tail by VM_PFNMAP': 'kvm ttm VM_PFNMAP|VM_IO vmf_insert_pfn __GFP_COMP tail1',
  'TTM head': 'kvm ttm VM_PFNMAP|VM_IO vmf_insert_pfn non-compound head',
  'TTM tail': 'kvm ttm VM_PFNMAP|VM_IO vmf_insert_pfn non-compound tail1',
};

/** Kinds of page that were recorded under a guest. */
export const RECORDED_KINDS: readonly string[] = Object.keys(CASES);

const EFAULT = 14;

/**
 * What a recorded kernel did with this kind of page, under its own rule: served with the count as before, refused, or a count that is not as
 * before. Null: not recorded, or the rule is not the one of that kernel.
 */
export function recordedWord(
  rule: Contract,
  kind: string,
  tag: string,
): 'ok' | 'refused' | 'leak' | 'underflow' | null {
  const name = CASES[kind];
  const kernel = RECORDED_KERNELS.find(k => k === release(tag).tag);
  if (name === undefined || kernel === undefined || answers(rule) !== answers(ownRule(kernel))) return null;
  const at = (step: string) => recorded(name, step)[0]?.in[kernel] ?? {};
  const run = at('KVM_RUN guest read');
  if (run.errno === EFAULT) return 'refused';
  // Without the entry of the VMM, which may be made on the way. What was never written has the zero page, whose count is kept apart.
  const held = (v: RecordedValues) => (kind === 'zero page' ? Number(v.zeroRef) : Number(v.ref) - Number(v.mapcount));
  const [before, after] = [held(at('before VM')), held(at('VM destroyed'))];
  return after === before ? 'ok' : after > before ? 'leak' : 'underflow';
}

/** The rule that was in force in a recorded kernel: kvm_pfn_to_refcounted_page() in both. */
function ownRule(kernel: RecordedKernel): Contract {
  const own = HISTORIC_RULES.find(r => r.name === '6.0');
  if (own === undefined || release(kernel).value('kvm_owns_page') !== release('6.0').value('kvm_owns_page'))
    throw new RangeError(`${kernel} has another rule than 6.0`);
  return own.contract;
}
