/**
 * What a release of Linux does: `release('5.3').rule('kvm_owns_page')`. The rows are data/releases.json. Who asks for a rule rests on it:
 * that is written down (model/evidence.ts), so that what is made of it can say how well it is known.
 */
import { type Ground, Grounds, nearest, restOn } from '../../model/index.js';
import type { Named } from '../../model/known-names.js';
import type { BehaviourName, Behaviours } from './behaviours.js';
import { KernelError } from './error.js';
import type { ReleaseName } from './release-names.js';
import { type Behaviour, behaviour, type Evidence, type ReleaseRow, releaseTable, weakest } from './release-table.js';
import { compareMainline, parseTag, type Tag } from './tag.js';

/** One known release. */
export interface Release {
  /** `5.4-rc8`, `6.1.192` */
  readonly tag: string;
  /** The row in force. Errors: an unknown behaviour; a release before the behaviour's first row. */
  rule(name: BehaviourName): ReleaseRow;
  /** The value of the row in force. Errors: as `rule`. */
  value<B extends BehaviourName>(name: B): Behaviours[B];
  /**
   * How well the answer is known: the weakest of the rule, of its first release, and of their being in this release. A stable
   * release without a row of its own has mainline's rule, which is inferred: a backport may have changed it. Errors: as `rule`.
   */
  level(name: BehaviourName): Evidence;
  /** Every rule that this object was asked for until now, with its level. */
  grounds(): readonly Ground[];
}

/** Releases that the table knows, as a reader would list them: mainline in order, then stable and series. */
export function knownReleases(): readonly string[] {
  const t = releaseTable();
  return [...t.releases, ...t.stable.map(s => s.tag), ...t.series.map(s => s.tag)];
}

/**
 * The release called `name`. Known: every mainline release of the table with its release candidates (`5.4-rc8`), and the
 * stable releases and series that the table names. Errors: any other, with the known ones.
 */
export function release<R extends string>(name: R & Named<R, ReleaseName>): Release {
  const t = releaseTable();
  const tag = parseTag(name);
  const { releases } = t;
  const range = `mainline ${releases[0]} to ${releases.at(-1)} with their -rc1 to -rc8; stable ${list(t.stable)}; series ${list(t.series)}`;
  if (tag.series !== undefined) {
    if (!t.series.some(s => s.tag === tag.tag))
      throw new KernelError(`the series ${tag.tag} is not in data/releases.json; known: ${range}`);
  } else if (tag.stable !== undefined) {
    if (!t.stable.some(s => s.tag === tag.tag))
      throw new KernelError(
        `the stable release ${tag.tag} is not in data/releases.json: a stable release carries backports, so it is not guessed from ${tag.line}; known: ${range}`,
      );
  } else if (!releases.includes(tag.line)) {
    const meant = nearest(tag.tag, knownReleases());
    throw new KernelError(
      `the release ${tag.tag} is not in data/releases.json; known: ${range}${meant === undefined ? '' : `; did you mean '${meant}'?`}`,
    );
  }
  const found = (b: BehaviourName): ReleaseRow => {
    behaviour(b);
    const row = rowFor(tag, rowsOf(b));
    if (row === undefined)
      throw new KernelError(
        `the table says nothing about ${b} in ${tag.tag}: its first row is ${rowsOf(b)[0]?.from ?? 'missing'}`,
      );
    return row;
  };
  const level = (b: BehaviourName): Evidence => {
    const row = found(b);
    const from = parseTag(row.from);
    const guessed =
      tag.stable !== undefined && tag.series === undefined && from.stable === undefined && !holdsSince(b, row, tag);
    return guessed ? 'inferred' : weakest(row.evidence, row.from_evidence);
  };
  const asked = new Grounds();
  const known = new Map<BehaviourName, { readonly row: ReleaseRow; readonly ground: Ground }>();
  const look = (b: BehaviourName) => {
    const row = found(b);
    const { value, from, evidence, from_evidence } = row;
    const weak = level(b);
    // Only what is inferred is ever said in words.
    const about = weak === 'inferred' ? { about: behaviour(b).said } : {};
    const entry = {
      row,
      ground: { behaviour: b, ...about, release: tag.tag, value, from, evidence, from_evidence, level: weak },
    };
    known.set(b, entry);
    return entry;
  };
  const rule = (b: BehaviourName): ReleaseRow => {
    const { row, ground } = known.get(b) ?? look(b);
    asked.add(ground);
    restOn([ground]);
    return row;
  };
  // The table is checked at load: a row's value is one of its behaviour's.
  const value = <B extends BehaviourName>(b: B) => rule(b).value as Behaviours[B];
  return { tag: tag.tag, rule, value, level, grounds: () => asked.all };
}

/** Was the source of just this stable release read for the row: does the row's own reading name it? */
function holdsSince(b: string, row: ReleaseRow, tag: Tag): boolean {
  return row.reading.at === tag.tag || rowsOf(b).some(r => r.value === row.value && r.reading.at === tag.tag);
}

/** A row with the release that ends it: what a table of a behaviour's history shows. */
export interface Span extends ReleaseRow {
  /** The release from which the next row holds; absent while it holds to the end of the table. */
  readonly until?: string;
}

/** The mainline history of a behaviour, oldest first. */
export function history(name: BehaviourName): readonly Span[] {
  behaviour(name);
  const rows = rowsOf(name).filter(isMainline);
  return rows.map((row, i) => {
    const next = rows[i + 1];
    return next === undefined ? row : { ...row, until: next.from };
  });
}

/** Where stable lines left mainline's rule, or came back to it: the rows of a behaviour that hold in one stable line only. */
export function stableHistory(name: BehaviourName): readonly ReleaseRow[] {
  behaviour(name);
  return rowsOf(name).filter(row => {
    const t = parseTag(row.from);
    return t.stable !== undefined && t.series === undefined;
  });
}

/** Stable releases that were looked at for a behaviour or, where `behaviour` is a first word (`gup`), for all that begin with it. */
export function stableReleases(behaviour: string): readonly string[] {
  const fits = (only: string) => behaviour === only || behaviour.startsWith(`${only}_`);
  return releaseTable()
    .stable.filter(s => s.only === undefined || s.only.some(fits))
    .map(s => s.tag);
}

/** What a behaviour is and which values it has. */
export function meaningOf(name: BehaviourName): Behaviour {
  return behaviour(name);
}

const list = (of: readonly { readonly tag: string }[]) => of.map(s => s.tag).join(', ') || 'none';

function isMainline(row: ReleaseRow): boolean {
  const t = parseTag(row.from);
  return t.stable === undefined && t.series === undefined;
}

function rowsOf(b: string): readonly ReleaseRow[] {
  return releaseTable().rows.filter(r => r.behaviour === b);
}

/** A series' own row, else the newest row of the stable line, else mainline's. */
function rowFor(tag: Tag, rows: readonly ReleaseRow[]): ReleaseRow | undefined {
  const own = rows.find(r => tag.series !== undefined && r.from === tag.tag);
  if (own !== undefined) return own;
  const newest = (of: readonly ReleaseRow[], order: (a: Tag, b: Tag) => number) =>
    of
      .map(row => ({ row, from: parseTag(row.from) }))
      .filter(r => order(r.from, tag) <= 0)
      .sort((a, b) => order(a.from, b.from))
      .at(-1)?.row;
  const inLine = rows.filter(r => {
    const from = parseTag(r.from);
    return from.series === undefined && from.stable !== undefined && from.line === tag.line && tag.stable !== undefined;
  });
  return (
    newest(inLine, (a, b) => (a.stable ?? 0) - (b.stable ?? 0)) ?? newest(rows.filter(isMainline), compareMainline)
  );
}
