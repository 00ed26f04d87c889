/**
 * Canonical forms in WebAssembly. Elements that nothing points to are sorted by their bits. For the others every permutation is tried, through
 * tables; a sort whose elements' bits stand alone is the pivot: only permutations that bring it into order are tried, most often one.
 */
import type { Machine } from '../../model/machine.js';
import { groupElements } from '../canonical.js';
import type { Block, Packing } from '../pack.js';
import type { Symmetry } from '../symmetry.js';
import { type Code, type Func, I32, I64 } from './bytes.js';
import type { WasmSymmetry } from './engine.js';
import * as op from './ops.js';
import { fn, G } from './shape.js';
import { imageFunction } from './symmetry-image.js';
import { listCode } from './symmetry-list.js';
import type { SymmetryPlan } from './symmetry-plan.js';
import { raw, Tables } from './symmetry-tables.js';

export function wasmSymmetry(machine: Machine, packing: Packing, symmetry: Symmetry, plan: SymmetryPlan): WasmSymmetry {
  const tables = new Tables();
  const group = groupElements(machine, plan.tried);
  const image = imageFunction(machine, packing, plan, group, tables);
  const list = listCode(machine.layout, packing, plan, group, tables);
  return {
    code: {
      image,
      ...list,
      canonical: canonicalFunction(packing, plan),
      orbit: orbitFunction(packing, symmetry, plan),
    },
    lookUps: tables.list,
  };
}

/** (address): the state there becomes the least of the images that are tried. */
function canonicalFunction(packing: Packing, plan: SymmetryPlan): Func {
  const [address, at, left] = [0, 1, 2];
  const best = G('scratch');
  const other = op.add32(G('scratch'), op.i32(32));
  const next = op.seq(op.set(at, op.add32(op.get(at), op.i32(4))), op.set(left, op.sub32(op.get(left), op.i32(1))));
  const copy = (from: Code, to: Code) =>
    op.seq(...Array.from({ length: packing.words }, (_, i) => op.store64(to, op.load64(from, 8 * i), 8 * i)));
  const image = (to: Code) => op.call(fn('image'), op.get(address), op.load32(op.get(at)), to);
  const code = op.seq(
    op.set(at, op.call(fn('list'), op.get(address))),
    op.set(left, op.load32(op.get(at))),
    op.set(at, op.add32(op.get(at), op.i32(4))),
    plan.tried.order === 1 || plan.pivot !== undefined
      ? op.when(op.eq32(op.get(left), op.i32(1)), op.seq(image(op.get(address)), op.ret()))
      : [],
    image(best),
    next,
    op.block(
      op.loop(
        op.brIf(1, op.eqz32(op.get(left))),
        image(other),
        op.when(less(packing.words, other, best), copy(other, best)),
        next,
        op.br(0),
      ),
    ),
    copy(best, op.get(address)),
  );
  return { name: 'canonical', params: [I32], results: [], locals: [I32, I32], code, exported: true };
}

/** i32: is the state at `a` less than that at `b`? The last word is compared first. */
function less(words: number, a: Code, b: Code): Code {
  let code: Code = op.i32(0);
  for (let i = 0; i < words; i++) {
    const [x, y] = [op.load64(a, 8 * i), op.load64(b, 8 * i)];
    code = op.or32(op.ltU64(x, y), op.and32(op.eq64(x, y), code));
  }
  return code;
}

/** (address) -> i64: |G| / |stabiliser| of the canonical state there. */
function orbitFunction(packing: Packing, symmetry: Symmetry, plan: SymmetryPlan): Func {
  const [address, at, left, fixed, run] = [0, 1, 2, 3, 4];
  const other = op.add32(G('scratch'), op.i32(32));
  let equal: Code = op.i32(1);
  for (let i = 0; i < packing.words; i++)
    equal = op.and32(equal, op.eq64(op.load64(op.get(address), 8 * i), op.load64(other, 8 * i)));
  const runs = plan.sorted.map(s => {
    const value = (i: number) => raw(s.blocks[i] as Block, op.load64(op.get(address), 8 * (s.blocks[i]?.word ?? 0)));
    return op.seq(
      op.set(run, op.i32(1)),
      ...s.blocks
        .slice(1)
        .map((_, i) =>
          op.seq(
            op.set(run, op.select(op.add32(op.get(run), op.i32(1)), op.i32(1), op.eq32(value(i), value(i + 1)))),
            op.set(fixed, op.mul32(op.get(fixed), op.get(run))),
          ),
        ),
    );
  });
  const code = op.seq(
    op.set(at, op.call(fn('list'), op.get(address))),
    op.set(left, op.load32(op.get(at))),
    op.block(
      op.loop(
        op.brIf(1, op.eqz32(op.get(left))),
        op.set(at, op.add32(op.get(at), op.i32(4))),
        op.set(left, op.sub32(op.get(left), op.i32(1))),
        op.call(fn('image'), op.get(address), op.load32(op.get(at)), other),
        op.set(fixed, op.add32(op.get(fixed), equal)),
        op.br(0),
      ),
    ),
    op.set(fixed, op.mul32(op.get(fixed), op.call(fn('ties'), op.get(address)))),
    ...runs,
    op.divU64(op.i64(BigInt(symmetry.order)), op.extend(op.get(fixed))),
  );
  return { name: 'orbit', params: [I32], results: [I64], locals: [I32, I32, I32, I32], code };
}
