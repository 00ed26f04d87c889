/** A recorded row against the model's: every recorded field but those that no model of counts can know, and which page is which. */
import { BATCH_EXCUSE, type Difference } from './difference.js';
import type { Identity } from './identity.js';
import type { ModelRow } from './row.js';

/** Recorded, and not compared: why. */
export const NOT_COMPARED: Readonly<Record<string, string>> = {
  pfn: 'a number of that boot; which page is the same as before is compared',
  zone: 'where the allocator found the page',
  pgmapType: 'the kind of device, which the case says',
  seconds: 'a time',
  doneWithinS: 'how long the recording program waited',
  newPfn: 'the order of the allocator’s free lists: a freed page may be handed out again',
  afterNAllocations: 'the order of the allocator’s free lists',
  byteBefore: 'what is in the page',
  byteAfter: 'what is in the page',
  tried: 'how often the recording program tried',
  next: 'a remark',
  v: 'a remark',
  status: 'the exit of the recording program’s child',
};
/** The names of the row itself. */
const NAMES = ['case', 'step', 'who'];

/** Fields of the recorded row that are compared. */
export function comparedFields(recorded: Readonly<Record<string, unknown>>): readonly string[] {
  return Object.keys(recorded).filter(f => !NAMES.includes(f) && !(f in NOT_COMPARED));
}

/** The differences. A recorded field that the model does not say is one too. */
export function compareRow(
  recorded: Readonly<Record<string, unknown>>,
  model: ModelRow,
  identity: Identity,
): readonly Difference[] {
  const out: Difference[] = [];
  for (const field of comparedFields(recorded)) {
    const [was, says] = [recorded[field], model.fields[field]];
    if (same(field, was, says, model)) continue;
    const moved = movedMeanwhile(field, recorded, model);
    const difference = { field, recorded: was, model: field in model.fields ? says : 'nothing' };
    out.push(moved ? { ...difference, excuse: BATCH_EXCUSE } : difference);
  }
  if (typeof recorded.pfn === 'number' && model.page !== null) {
    const other = identity.check(recorded.pfn, model.page);
    if (other !== null) out.push({ field: 'page', recorded: `pfn ${recorded.pfn}`, model: other });
  }
  return out;
}

/** Is the row's raw count what the batches leave when they are moved? Then this field may say so. */
function movedMeanwhile(field: string, recorded: Readonly<Record<string, unknown>>, model: ModelRow): boolean {
  const { batched, fields } = model;
  if (batched === 0 || recorded.folioRef !== Number(fields.folioRef) - batched) return false;
  if (field === 'lru') return recorded.lru === 1;
  return field === 'folioRef' || (field === 'ref' && recorded.ref === recorded.folioRef);
}

function same(field: string, was: unknown, says: unknown, { fields }: ModelRow): boolean {
  // The _mapcount of a page that nobody holds is a page type.
  if ((field === 'mapcount' || field === 'folioMapcount') && !(field in fields)) return fields.folioRef === 0;
  // The model sleeps in the innermost function.
  if (field === 'stack') return typeof says === 'string' && String(was).split(' < ')[0] === says;
  if (says instanceof AtLeast) return typeof was === 'number' && was >= says.n;
  return JSON.stringify(was) === JSON.stringify(says);
}

/** What the model says of a number that it cannot know: it is no error. */
export class AtLeast {
  readonly n: number;

  constructor(n: number) {
    this.n = n;
  }

  toString(): string {
    return `at least ${this.n}`;
  }
}
