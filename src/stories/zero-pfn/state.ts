/** The declared state of zero-pfn-loop: `page[i]` is what stands behind entry i; zero PTEs share `zero_page`. */
import { defineModel } from '../../kit/model.js';
import type { PinKindName } from '../../linux/gup/pages.js';
import { GUP_PIN_COUNTING_BIAS } from '../../linux/gup/pin.js';
import { PIN_ERRORS } from '../../linux/gup/policy.js';
import { bool, constant, count, held, heldBy, int, lock, oneOf, pointer, startingAs, stat } from '../../model/index.js';
import { PLACES, placeOf, type Setup } from './options.js';

/** Sorts, pages, the zero page, locks, statistics. No process yet. */
export function zeroPfnState({ kinds, n, tasks, rules }: Setup) {
  const kindAt = (id: number) => kinds[id] ?? 'N';
  const is =
    (...names: PinKindName[]) =>
    (id: number) =>
      names.includes(kindAt(id));
  const one = (test: (id: number) => boolean) => (id: number) => (test(id) ? 1 : 0);
  const untouched = is('Z');
  return defineModel('zero-pfn-loop', {
    release: rules.of,
    sorts: { page: n, task: tasks },
    state: {
      page: {
        kind: constant(kindAt),
        pte: startingAs(oneOf('none', 'zero', 'page'), id => (untouched(id) ? 'none' : 'page')),
        place: startingAs(oneOf(...PLACES), id => placeOf(kindAt(id))),
        PG_lru: bool(is('N', 'M', 'L', 'P')),
        batched: bool(is('B', 'L')),
        isolated_by: pointer('task'),
        dma: oneOf('none', 'zero', 'page'),
        _refcount: count({
          pte: held({ init: one(id => !untouched(id)) }),
          lru_batch: held({ init: one(is('B', 'L')) }),
          pin: heldBy('task', { weight: GUP_PIN_COUNTING_BIAS }),
          isolate: heldBy('task'),
          other: held({ init: one(is('X', 'I', 'P', 'H')) }),
        }),
      },
      zero_page: {
        _refcount: count({ boot: held({ init: 1 }), pin: heldBy('task', { weight: GUP_PIN_COUNTING_BIAS, max: n }) }),
      },
      task: { fatal_signal: bool(), ret: oneOf('none', 'nr_pages', ...PIN_ERRORS) },
      mm: { readers: int(0, tasks) },
      vfio: { iommu_lock: lock() },
      vmstat: {
        nr_foll_pin_acquired: stat(),
        nr_foll_pin_released: stat(),
        pgfault: stat(),
        pgmigrate_success: stat(),
        pgmigrate_fail: stat(),
      },
      sum: { passes: stat(), lru_add_drain_all: stat(), unshared: stat(), migrate_tries: stat() },
    },
  });
}
