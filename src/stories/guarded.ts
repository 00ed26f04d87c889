/** What is taken away from the models of a story, one thing at a time: which property notices, or why it is harmless. */
import { type Noticed, noticed, type Removal, removalId, removals, whole } from '../explorer/index.js';
import type { Scenario, Settings } from '../model/scenario.js';

/** A scenario under settings with which it holds. */
export interface Guarded {
  readonly scenario: Scenario;
  /** Each a model; what is taken away has to be noticed in one of them. */
  readonly settings: readonly Settings[];
  /** What nobody notices, by the reason why that is right: a removal in a line, as `removalId` writes it. */
  readonly harmless: Readonly<Record<string, readonly string[]>>;
}

/** One thing taken away. */
export interface GuardRow {
  readonly removal: Removal;
  readonly id: string;
  /** Who notices it, and with which settings. */
  readonly noticed?: Noticed & { readonly settings: Settings };
  /** Why nobody has to. */
  readonly harmless?: string;
}

/** Takes everything away, one thing at a time. Errors: a model that does not hold as it is. */
export function guardRows({ scenario, settings, harmless }: Guarded): readonly GuardRow[] {
  const reasons = new Map(Object.entries(harmless).flatMap(([why, ids]) => ids.map(id => [id, why] as const)));
  const rows = new Map<string, GuardRow>();
  for (const given of settings) {
    const model = scenario.model(given);
    const known = whole(model);
    for (const removal of removals(model)) {
      const id = removalId(removal);
      if (rows.get(id)?.noticed !== undefined) continue;
      const found = noticed(known, removal);
      const why = reasons.get(id);
      rows.set(id, {
        removal,
        id,
        ...(found === undefined ? {} : { noticed: { ...found, settings: given } }),
        ...(why === undefined ? {} : { harmless: why }),
      });
    }
  }
  return [...rows.values()];
}

/** What is wrong with the reasons: one that is missing, one that is needed no more, one for something that is not there. */
export function unexplained(guarded: Guarded, rows: readonly GuardRow[]): readonly string[] {
  const known = new Set(rows.map(row => row.id));
  const reasons = Object.values(guarded.harmless).flat();
  return [
    ...rows.flatMap(row => {
      if (row.noticed === undefined)
        return row.harmless === undefined ? [`nobody notices, and nobody says why: ${row.id}`] : [];
      return row.harmless === undefined ? [] : [`called harmless, but '${row.noticed.by}' notices: ${row.id}`];
    }),
    ...reasons.filter(id => !known.has(id)).map(id => `called harmless, but not there: ${id}`),
    ...reasons.filter((id, i) => reasons.indexOf(id) !== i).map(id => `called harmless twice: ${id}`),
  ];
}
