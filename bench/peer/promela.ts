/** gupref (no bug) written for SPIN by hand, as a SPIN user would: the peer of the benchmark. Its state counts are checked against ours. */

/** Promela text for so many pages and vcpus. */
export function guprefPromela(pages: number, vcpus: number): string {
  const each = (f: (i: number) => string) => Array.from({ length: pages }, (_, i) => f(i)).join('\n');
  return `byte ref[${pages}] = 1; bit pte[${pages}] = 1; bit spte[${pages}];
bit mmu_lock, in_progress; byte seq, busy;
inline at_rest() {
  if
  :: busy == 0 -> assert(${Array.from({ length: pages }, (_, i) => `ref[${i}] == pte[${i}]`).join(' && ')})
  :: else
  fi
}
active [${vcpus}] proctype vcpu() {
  byte page, snap;
begin:
  if
${each(i => `  :: d_step { page = ${i}; snap = seq; busy++ }`)}
  fi;
  if
  :: d_step { pte[page] -> skip }
  :: d_step { !pte[page] -> page = 0; snap = 0; busy--; at_rest() } goto begin
  fi;
  if
  :: d_step { ref[page] > 0 -> ref[page]++ }
  :: d_step { ref[page] == 0 -> page = 0; snap = 0; busy--; at_rest() } goto begin
  fi;
  d_step { mmu_lock == 0 -> mmu_lock = 1 };
  if
  :: d_step { in_progress == 0 && seq == snap -> skip }
  :: d_step { in_progress || seq != snap -> skip } goto out
  fi;
  d_step { spte[page] = 1; assert(ref[page] > 0) };
out:
  if :: d_step { mmu_lock == 1 -> mmu_lock = 0 } fi;
  d_step { ref[page]--; assert(!spte[page] || ref[page] > 0); page = 0; snap = 0; busy--; at_rest() };
  goto begin
}
active proctype invalidate() {
  byte page;
end:
  if
${each(i => `  :: d_step { pte[${i}] -> page = ${i}; busy++ }`)}
  fi;
  d_step { mmu_lock == 0 -> mmu_lock = 1 };
  d_step { in_progress = 1 };
  d_step { spte[page] = 0 };
  d_step { mmu_lock = 0 };
  d_step { pte[page] = 0 };
  d_step { ref[page]--; assert(!spte[page] || ref[page] > 0) };
  d_step { mmu_lock == 0 -> in_progress = 0; seq++; page = 0; busy--; at_rest() };
  goto end
}
`;
}
