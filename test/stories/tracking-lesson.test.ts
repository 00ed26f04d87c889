/** Notebook 04's exercises: what must not pass, what must, and what each wrong answer hears. */
import { type GupOutcome, hva_to_pfn_after, hva_to_pfn_before } from '#src/linux/index.js';
import { restart } from '#src/model/index.js';
import { testAnswers, testReplies } from './lesson-tables.js';

/** A fault of the model, as far as these answers look. */
interface Fault {
  readonly pfn: {
    readonly head: Fault['pfn'];
    readonly reserved: boolean;
    readonly _refcount: { get(holder: string): void; put(holder: string): void };
  } | null;
  readonly took: 'gup' | 'kvm' | 'none';
}
const folio = (me: Fault) => me.pfn?.head ?? me.pfn;
const put = (when: (me: Fault) => boolean, holder?: string) => (_s: unknown, me: Fault) => {
  if (when(me)) folio(me)?._refcount.put(holder ?? me.took);
  return restart;
};
const changed = (g: GupOutcome) => hva_to_pfn_before(g).result !== hva_to_pfn_after(g).result;

testReplies('04');
testAnswers({
  'kh-1': {
    wrong: [
      [() => restart, /Wrong for: anonymous, order 0\. A get is not put/],
      [put(() => true, 'gup'), /Your step gives back a reference that gup does not hold/],
      [put(me => me.took === 'gup'), /Wrong for: .*\. A get is not put/],
      [
        put(() => true, 'kvm'),
        /Wrong for: anonymous, order 0\. Your step gives back a reference that kvm does not hold/,
      ],
      [
        (_s: unknown, me: Fault) => {
          if (me.took !== 'none') me.pfn?._refcount.put(me.took);
          return restart;
        },
        /Wrong for: THP tail\..* gup’s reference to a tail lies on its head/,
      ],
      [() => 'kvm_release_pfn', /kvm_release_pfn/],
      [put(() => true), /Wrong for: PG_reserved RAM\. Here me\.took is 'none'/],
    ],
    right: [
      put(me => me.took !== 'none'),
      (_s: unknown, me: Fault) => {
        if (me.took === 'gup') folio(me)?._refcount.put('gup');
        else if (me.took === 'kvm') folio(me)?._refcount.put('kvm');
        return restart;
      },
      (_s: unknown, me: Fault) => {
        if (me.took === 'none' || me.pfn === null) return restart;
        (me.pfn.head ?? me.pfn)._refcount.put(me.took);
        return restart;
      },
    ],
  },
  'kh-2': {
    wrong: [
      [[], /The list is empty/],
      [['vcpu x3'], /The host never began/],
      [['host'], /Only the host ran/],
      [['vcpu x3', 'host'], /the fault did not run any more/],
      [['vcpu x3', 'host', 'vcpu'], /did not come to the release/],
      [['vcpus x3'], /vcpus/],
      [['host x2', 'vcpu x5'], /vcpu is done; .*\. The host took the page away before gup looked/],
    ],
    right: [
      ['vcpu x3', 'host', 'vcpu x2'],
      ['vcpu', 'vcpu', 'vcpu', 'host', 'vcpu', 'vcpu'],
      ['vcpu x2', 'host', 'vcpu x3'],
    ],
  },
  'kh-3': {
    wrong: [
      [['TTM tail'], /TTM tail is refused\. 2 are missing/],
      [['anonymous, order 0'], /anonymous, order 0 is held\. 2 are missing/],
      [['PG_reserved RAM'], /What you name is right\. 1 is missing/],
      [['PG_reserved RAM', 'MMIO, no struct page', 'TTM head'], /TTM head is held\.$/],
      [['PG_reserved RAM', 'MMIO'], /Did you mean 'MMIO, no struct page'/],
      [['PG_reserved RAM', 'PG_reserved RAM'], /stands twice/],
    ],
    right: [
      ['PG_reserved RAM', 'MMIO, no struct page'],
      ['MMIO, no struct page', 'PG_reserved RAM'],
      Object.freeze(['PG_reserved RAM', 'MMIO, no struct page']),
    ],
  },
  'kh-4': {
    wrong: [
      [() => ({ result: 'pfn', did: [] }), /Different in/],
      [hva_to_pfn_before, /Different in/],
      [
        (g: GupOutcome) => (g.npages === '-EHWPOISON' ? { result: 'HWPOISON', did: ['L', 'U'] } : hva_to_pfn_after(g)),
        /what KVM does on the way is not/,
      ],
      [(g: GupOutcome) => (g.npages === '-EINTR' ? { result: 'FAULT', did: [] } : hva_to_pfn_after(g)), /Different in/],
      [(g: GupOutcome) => (g.npages === 1 ? hva_to_pfn_after(g) : { result: 'SIGPENDING', did: [] }), /Different in/],
    ],
    right: [
      hva_to_pfn_after,
      (g: GupOutcome) => ({ ...hva_to_pfn_after(g) }),
      (g: GupOutcome) => {
        if (g.npages === '-EINTR' || g.npages === '-EAGAIN') return { result: 'SIGPENDING', did: [] };
        return hva_to_pfn_after(g);
      },
    ],
  },
  'kh-5': {
    wrong: [
      [(g: GupOutcome) => g.second === 1, /Your rule is wrong in/],
      [(g: GupOutcome) => g.second === '-EHWPOISON', /Your rule is wrong in/],
      [(g: GupOutcome) => g.npages === '-EAGAIN', /Your rule is wrong in 24 /],
      [() => true, /Your rule is wrong in/],
      [() => false, /Your rule is wrong in 84 /],
    ],
    right: [changed, (g: GupOutcome) => !!changed(g), (g: GupOutcome) => g.npages === '-EAGAIN' || changed(g)],
  },
});
