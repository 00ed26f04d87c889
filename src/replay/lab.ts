/** What a recorded program is written with: the machine, and the rows that it prints. */
import type { RamPage } from '../linux/mm/mm_types.js';
import type { Machine } from './machine.js';
import type { Guest, Release, Run } from './process.js';
import type { CaseRow } from './recording.js';
import { type Look, look, type ModelRow } from './row.js';

/** A program that was recorded, in the model's words. */
export interface Program {
  /** The cases that it prints rows of; the first is its own. */
  readonly cases: readonly string[];
  run(lab: Lab): void;
}

/** The printer of one program's rows. */
export class Lab {
  readonly m: Machine;
  /** The case of the next rows. */
  of: string;
  readonly rows: ModelRow[] = [];
  private readonly recorded: ReadonlyMap<string, readonly CaseRow[]>;

  constructor(m: Machine, of: string, recorded: ReadonlyMap<string, readonly CaseRow[]>) {
    this.m = m;
    this.of = of;
    this.recorded = recorded;
  }

  /**
   * The recorded rows of a step, for what a program was told and the model cannot know: how often it does something, and to which device.
   * None: the recording has no such case.
   */
  told(of: string, step: string): readonly CaseRow[] {
    return (this.recorded.get(of) ?? []).filter(row => row.step === step);
  }

  /** Prints a row: of an address, a page or nothing, with more fields. */
  emit(step: string, who: string, at: Look, more: Readonly<Record<string, unknown>> = {}): void {
    const { fields, page, batched } = look(this.m, at);
    this.rows.push({ case: this.of, step, who, fields: { ...fields, ...more }, page, batched });
  }

  /** The zero page's count. */
  zeroRef(): number {
    return this.m.zero._refcount.count();
  }

  /**
   * What all guests of the recordings do: a read, a write, and the end. `page`: looked at by its number where the address leads nowhere.
   * Rows after KVM_RUN have the raw count, and the count after a drain.
   */
  guest(of: string, guest: Guest, i: number, who: string, page: RamPage | null = null): void {
    const own = this.of;
    this.of = of;
    const at = guest.of.at(i);
    const where = () => (at.page === null && page !== null ? page : at);
    this.emit('before VM', who, where(), { zeroRef: this.zeroRef() });
    this.emit('memslot set', who, where(), { zeroRef: this.zeroRef() });
    for (const access of ['read', 'write'] as const) {
      const run = guest.run(i, access);
      const { fields, batched } = look(this.m, where());
      const seen = at.page ?? page;
      guest.of.drain();
      const more = {
        ...this.ran(run, seen),
        folioRefAfterLruDrain: seen === null ? 0 : (seen.head ?? seen)._refcount.count(),
        zeroRef: this.zeroRef(),
      };
      this.rows.push({
        case: of,
        step: `KVM_RUN guest ${access}`,
        who,
        fields: { ...fields, ...more },
        page: seen,
        batched,
      });
    }
    const last = at.page ?? page;
    guest.destroy();
    this.emit('VM destroyed', who, at.page === null ? last : at, { zeroRef: this.zeroRef(), releases: [] });
    this.of = own;
  }

  /** The fields of a KVM_RUN, with the releases of one page. */
  ran({ exit, errno, releases }: Run, page: RamPage | null): Readonly<Record<string, unknown>> {
    const ours = releases.filter(r => r.page === page);
    return { exit, errno, releases: ours.map(printed) };
  }
}

function printed({ folioRef, ownRef, skipped }: Release): Readonly<Record<string, unknown>> {
  return { folioRefAtRelease: folioRef, ownRefAtRelease: ownRef, fn: 'kvm_release_pfn_clean', skipped };
}
