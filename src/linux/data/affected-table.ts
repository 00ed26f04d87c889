/** data/affected.json as typed rows. Its schema is at the file's own top. */
import { dataFile } from './data-file.js';
import type { Evidence } from './release-table.js';

export interface CommitName {
  /** 12 hexadecimal digits. */
  readonly commit: string;
  readonly subject: string;
}

/** From the first release with a bug to the first without it. */
export interface BugSpan {
  /** Null: older than was looked up. */
  readonly bad: string | null;
  /** Null: not fixed. */
  readonly good: string | null;
  readonly level: Evidence;
  readonly evidence: string;
  /** Where they are others than the bug's own. */
  readonly cause?: CommitName;
  readonly fix?: CommitName;
  /** Of a fix that mainline does not have. */
  readonly fix_subject?: string;
  /** The last version of the line whose source, patch list or CVE record was read. */
  readonly read_to?: string;
}

/** What is known of a stable line. */
export type LineRow =
  | BugSpan
  | { readonly never: true; readonly level: Evidence; readonly evidence: string; readonly read_to?: string }
  | { readonly unknown: string };

export interface Bug {
  readonly name: string;
  /** The thread that it is of: a name of `threads`. */
  readonly thread: string;
  readonly title: string;
  readonly what: string;
  /** Who can meet it. */
  readonly needs: string;
  readonly cause: CommitName | null;
  readonly fix: CommitName | null;
  readonly cve?: string;
  /** Where mainline never had it: how that is known. `since`: mainline has the cause in its right form, so no backport brings it. */
  readonly never?: { readonly level: Evidence; readonly evidence: string; readonly since?: string };
  readonly mainline: readonly BugSpan[];
  /** By mainline release: `5.10`. */
  readonly lines: Readonly<Record<string, LineRow>>;
  readonly series?: {
    readonly bad: readonly string[];
    readonly clean: readonly string[];
    readonly level: Evidence;
    readonly evidence: string;
  };
}

export interface AffectedTable {
  /** The last mainline release that was looked at. */
  readonly read_to: string;
  readonly distributions: {
    readonly debian: {
      /** By line: the last upstream version in a changelog that was read. */
      readonly changelog_read: Readonly<Record<string, string>>;
      readonly early: readonly {
        readonly bug: string;
        readonly line: string;
        readonly good: string;
        readonly evidence: string;
      }[];
    };
  };
  readonly bugs: readonly Bug[];
}

/** The table. */
export function affectedTable(): AffectedTable {
  return dataFile('affected.json') as AffectedTable;
}

/** The bugs, in the order of the notebooks that teach them. */
export function bugs(): readonly Bug[] {
  return affectedTable().bugs;
}
