/** One small model with a closure in it: compiled here by tsc, elsewhere by a cell and by a bundler. */
import { bool, count, defineModel, held, heldBy, pointer, search } from 'put-page';

/** What a reader changes: the step closes over it. */
const release = { puts: true };

export const model = defineModel('hosts', {
  sorts: { page: 2, vcpu: 1 },
  state: { page: { _refcount: count({ base: held({ init: 1 }), gup: heldBy('vcpu') }), dirty: bool() } },
}).process(
  'vcpu',
  { per: 'vcpu', locals: { page: pointer('page') } },
  {
    try_get_page(s, me, pick) {
      const page = pick(s.page);
      if (page._refcount.tryGet('gup', me)) me.page = page;
    },
    kvm_release_pfn_dirty(_s, me) {
      if (me.page === null) return;
      me.page.dirty = true;
      if (release.puts) me.page._refcount.put('gup', me);
    },
  },
);

export const told = (['try_get_page', 'kvm_release_pfn_dirty'] as const).map(s => search.stepTree(model, s)).join('\n');
