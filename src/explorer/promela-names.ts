/** Names and types of a model's slots in Promela: readable, unique, and no word that SPIN or C keeps for itself. */
import type { Layout, Slot } from '../model/slots.js';

const KEPT = new Set(
  (
    'active arrow assert atomic auto bit bool break byte c_code c_decl c_expr c_state c_track case chan char const continue cond_expr d_step ' +
    'D_proctype default do double else empty enabled enum eval extern false fi float for full get_priority goto hidden if in init inline int ' +
    'len local long ltl main mtype mtype_name nempty never nfull none notrace np_ null of od pc_value pid printf printm priority proctype ' +
    'provided register return run select set_priority short show signed sizeof skip static string struct switch timeout trace true typedef ' +
    'union unless unsigned void volatile while xr xs'
  ).split(' '),
);

export interface Names {
  /** A slot as a global variable. */
  of(slot: Slot): string;
  /** One of its names (a label, an enum's name), where it has some; else the number. */
  value(slot: Slot, value: number): string;
  /** A new name like `text`. */
  fresh(text: string): string;
  /** `#define` lines of the names of values. */
  readonly defines: readonly string[];
}

export function namesOf(layout: Layout): Names {
  const taken = new Set<string>();
  const fresh = (text: string) => {
    const clean = text
      .replace(/\[(\d+)\]/g, '$1_')
      .replace(/[^A-Za-z0-9]+/g, '_')
      .replace(/^_+|_+$/g, '')
      .replace(/^(?=\d)|^$/, 'x');
    let name = KEPT.has(clean) ? `${clean}_` : clean;
    for (let i = 2; taken.has(name); i++) name = `${clean}_${i}`;
    taken.add(name);
    return name;
  };
  fresh('nobody');
  const slots = layout.slots.map(s => fresh(s.kind === 'label' ? `${s.path}_at` : s.path.replace('<-', '_by_')));
  const values = new Map<string, string[]>();
  const defines = ['#define nobody (-1)'];
  for (const s of layout.slots)
    if (s.names !== undefined && !values.has(s.key)) {
      const names = s.names.map(n => fresh(`${s.key}_${n}`));
      values.set(s.key, names);
      defines.push(...names.map((n, i) => `#define ${n} ${i}`));
    }
  return {
    of: slot => slots[slot.index] ?? '',
    value: (slot, value) =>
      slot.kind === 'pointer' && value < 0 ? 'nobody' : (values.get(slot.key)?.[value] ?? String(value)),
    fresh,
    defines,
  };
}

/** The narrowest type that holds every value of the slot. */
export function typeOf(slot: Slot): 'bit' | 'byte' | 'short' | 'int' {
  if (slot.min >= 0 && slot.max <= 1) return 'bit';
  if (slot.min >= 0 && slot.max <= 255) return 'byte';
  return slot.min >= -32768 && slot.max <= 32767 ? 'short' : 'int';
}
