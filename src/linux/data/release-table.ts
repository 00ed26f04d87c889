/** data/releases.json as typed rows. Its schema is at the file's own top. */
import { dataFile } from './data-file.js';
import { KernelError } from './error.js';

/** recorded: a real kernel did it (data/recordings); read: in source or a mail; inferred: follows from what was read. */
export type Evidence = 'recorded' | 'read' | 'inferred';

/** One behaviour of the kernel, from one release on. */
export interface ReleaseRow {
  readonly behaviour: string;
  /** A mainline tag (`5.4-rc8`), a stable tag (holds in that stable line only) or a tag with a series. */
  readonly from: string;
  readonly value: string;
  /** 12 hexadecimal digits of the mainline commit. */
  readonly commit?: string;
  readonly why_no_commit?: string;
  readonly subject?: string;
  readonly evidence: Evidence;
  /** How well the release number is known, where that is less than the behaviour. */
  readonly from_evidence?: Evidence;
  readonly source: string;
  readonly note?: string;
}

export interface Behaviour {
  readonly what: string;
  /** Each value that rows may give, with its meaning. */
  readonly values: Readonly<Record<string, string>>;
}

export interface ReleaseTable {
  readonly releases: readonly string[];
  readonly stable: readonly { readonly tag: string; readonly note: string }[];
  readonly series: readonly { readonly tag: string; readonly note: string }[];
  readonly behaviours: Readonly<Record<string, Behaviour>>;
  readonly rows: readonly ReleaseRow[];
}

/** The table. */
export function releaseTable(): ReleaseTable {
  return dataFile('releases.json') as ReleaseTable;
}

/** A behaviour's meaning and values. Errors: an unknown name. */
export function behaviour(name: string): Behaviour {
  const { behaviours } = releaseTable();
  const found = Object.hasOwn(behaviours, name) ? behaviours[name] : undefined;
  if (found === undefined)
    throw new KernelError(
      `no behaviour is called '${name}'; data/releases.json knows ${Object.keys(behaviours).join(', ')}`,
    );
  return found;
}
