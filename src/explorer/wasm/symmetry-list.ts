/** Which permutations are tried for a state: all, or only those that bring the pivot into order. */
import type { Block } from '../pack.js';
import type { Code } from './bytes.js';
import * as op from './ops.js';
import { G } from './shape.js';
import type { SymmetryPlan } from './symmetry-plan.js';
import { type Element, raw, type Tables } from './symmetry-tables.js';

/** i32: the address of the list of permutations to try for the state at `address`: how many, then their numbers. */
export type ListCode = (address: number) => Code;

export function listCode(plan: SymmetryPlan, group: readonly Element[], tables: Tables): ListCode {
  const { pivot } = plan;
  const every = group.map((_, i) => i);
  if (pivot === undefined) {
    const at = tables.add([every.length, ...every].map(BigInt), false);
    return () => op.add32(G('lut'), op.i32(at));
  }
  const n = pivot.blocks.length;
  const pairs = Array.from({ length: n }, (_, i) =>
    Array.from({ length: n - i - 1 }, (_, k) => [i, i + 1 + k] as const),
  ).flat();
  const orders: bigint[] = Array.from({ length: 3 ** pairs.length }, () => 0n);
  const place = group.map(g => g.find(r => r.permutation.sort === pivot.sort)?.permutation.to ?? []);
  for (let code = 0; code < n ** n; code++) {
    const rank = Array.from({ length: n }, (_, i) => Math.floor(code / n ** i) % n);
    const index = pairs.reduce((sum, [i, j], k) => sum + (Math.sign((rank[i] ?? 0) - (rank[j] ?? 0)) + 1) * 3 ** k, 0);
    if (orders[index] !== 0n) continue;
    const fit = every.filter(g =>
      pairs.every(([i, j]) => {
        const d = (rank[i] ?? 0) - (rank[j] ?? 0);
        return d === 0 || d < 0 === (place[g]?.[i] ?? 0) < (place[g]?.[j] ?? 0);
      }),
    );
    orders[index] = BigInt(tables.add([fit.length, ...fit].map(BigInt), false) + 1);
  }
  const at = tables.add(orders, false);
  return address => {
    const value = (i: number) =>
      raw(pivot.blocks[i] as Block, op.load64(op.get(address), 8 * (pivot.blocks[i]?.word ?? 0)));
    let index: Code = op.i32(0);
    pairs.forEach(([i, j], k) => {
      const digit = op.add32(op.gtU32(value(i), value(j)), op.geU32(value(i), value(j)));
      index = op.add32(index, op.mul32(digit, op.i32(3 ** k)));
    });
    const entry = op.load32(op.add32(G('lut'), op.shl32(index, op.i32(2))), at);
    return op.sub32(op.add32(G('lut'), entry), op.i32(1));
  };
}
