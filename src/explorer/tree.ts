/** A step as a decision tree over what it reads: the one form from which JavaScript, WebAssembly and Promela are printed. */
import type { CountSlots, Slot } from '../model/slots.js';

/** A slot gets `value`. */
export interface SetTo {
  readonly slot: Slot;
  readonly value: number;
}

/**
 * A holding that was not read changes by `change`; on the way it moves by `low` or by `high`, which its range must allow.
 * A leaf lists these in the order of time, and a slot once for each extreme that it reaches: the first that is out of range ends the step.
 */
export interface Add {
  readonly slot: Slot;
  readonly change: number;
  readonly low: number;
  readonly high: number;
}

export type Node =
  /** A branch for each value of a slot, from its `min`. */
  | { readonly is: 'field'; readonly id: number; readonly slot: Slot; readonly kids: readonly Node[] }
  /** Two branches: kids[0] where the test is false, kids[1] where it is true. */
  | {
      readonly is: 'test';
      readonly id: number;
      readonly count: CountSlots;
      readonly op: '>' | '==';
      readonly n: number;
      readonly kids: readonly Node[];
    }
  /** A branch for each value of a count. */
  | {
      readonly is: 'value';
      readonly id: number;
      readonly count: CountSlots;
      readonly values: readonly number[];
      readonly kids: readonly Node[];
    }
  /** All branches are taken: the search picks. */
  | { readonly is: 'choose'; readonly id: number; readonly kids: readonly Node[] }
  | {
      readonly is: 'leaf';
      readonly id: number;
      readonly set: readonly SetTo[];
      /** A slot that was read changes by so much, whatever it was. */
      readonly shift: readonly SetTo[];
      readonly add: readonly Add[];
    }
  | { readonly is: 'wait'; readonly id: number }
  /** No state comes here. */
  | { readonly is: 'never'; readonly id: number }
  /** The model breaks its own declaration here. */
  | { readonly is: 'fail'; readonly id: number; readonly message: string }
  /** A property's answer. */
  | { readonly is: 'say'; readonly id: number; readonly value: boolean };

type Bare<T> = T extends unknown ? Omit<T, 'id'> : never;
export type BareNode = Bare<Node>;

/** Makes nodes, each once: equal trees are the same object. */
export class Forest {
  private readonly nodes = new Map<string, Node>();
  private readonly relatives = new Map<string, Node>();

  make(bare: BareNode): Node {
    const shrunk = this.shrink(bare);
    if (shrunk !== undefined) return shrunk;
    const key = keyOf(bare);
    let node = this.nodes.get(key);
    if (node === undefined) {
      node = { ...bare, id: this.nodes.size } as Node;
      this.nodes.set(key, node);
    }
    return node;
  }

  /** How many different nodes there are. */
  get size(): number {
    return this.nodes.size;
  }

  /** A branching that makes no difference is no branching; a write to the slot just read is told as a change where that merges branches. */
  private shrink(bare: BareNode): Node | undefined {
    // Only numbers are counted up and down; what is told of a pointer stays told by names, which a permutation can change.
    if (bare.is === 'field' && bare.slot.kind === 'int') {
      const relative = bare.kids.map((k, i) => this.relativeTo(k, bare.slot, bare.slot.min + i));
      if (new Set(relative).size < new Set(bare.kids).size) return this.make({ ...bare, kids: relative });
    }
    if (bare.is !== 'field' && bare.is !== 'test' && bare.is !== 'value') return undefined;
    const kids = new Set(bare.kids.filter(k => k.is !== 'never'));
    return kids.size <= 1 ? ([...kids][0] ?? bare.kids[0]) : undefined;
  }

  private relativeTo(node: Node, slot: Slot, value: number): Node {
    const key = `${node.id}/${slot.index}/${value}`;
    const known = this.relatives.get(key);
    if (known !== undefined) return known;
    const made = this.relative(node, slot, value);
    this.relatives.set(key, made);
    return made;
  }

  private relative(node: Node, slot: Slot, value: number): Node {
    if (node.is === 'leaf') {
      const write = node.set.find(s => s.slot === slot);
      if (write === undefined) return node;
      const set = node.set.filter(s => s !== write);
      const shift = write.value === value ? node.shift : [...node.shift, { slot, value: write.value - value }];
      return this.make({ ...node, set, shift: sorted(shift) });
    }
    if (!('kids' in node)) return node;
    const kids = node.kids.map(k => this.relativeTo(k, slot, value));
    return kids.every((k, i) => k === node.kids[i]) ? node : this.make({ ...node, kids } as BareNode);
  }
}

/** Writes in the order of their slots: equal effects are equal leaves. */
export function sorted<T extends { readonly slot: Slot }>(writes: readonly T[]): readonly T[] {
  return [...writes].sort((a, b) => a.slot.index - b.slot.index);
}

function keyOf(n: BareNode): string {
  const kids = (k: readonly Node[]) => k.map(x => x.id).join(',');
  const writes = (w: readonly SetTo[]) => w.map(s => `${s.slot.index}=${s.value}`).join(',');
  switch (n.is) {
    case 'field':
      return `f${n.slot.index}:${kids(n.kids)}`;
    case 'test':
      return `t${n.count.index}${n.op}${n.n}:${kids(n.kids)}`;
    case 'value':
      return `v${n.count.index}@${n.values.join(',')}:${kids(n.kids)}`;
    case 'choose':
      return `c:${kids(n.kids)}`;
    case 'leaf':
      return `l${writes(n.set)};${writes(n.shift)};${n.add.map(a => `${a.slot.index}+${a.change}[${a.low},${a.high}]`).join(',')}`;
    case 'wait':
      return 'w';
    case 'never':
      return 'n';
    case 'fail':
      return `e${n.message}`;
    case 'say':
      return `s${n.value}`;
  }
}
