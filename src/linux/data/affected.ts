/** Does a kernel have one of the bugs? `affected('6.1.90')`. What is not known is said to be so. The rows are data/affected.json. */
import { affectedTable, type Bug, type BugSpan, bugs, type CommitName, type LineRow } from './affected-table.js';
import { type ChangedKernel, type Kernel, parseKernel } from './kernel-release.js';
import type { Evidence } from './release-table.js';
import { compareMainline, parseTag } from './tag.js';

/** Worst first. */
export const ANSWERS = ['affected', 'not-known', 'fixed', 'never'] as const;
export type AffectedAnswer = (typeof ANSWERS)[number];

export interface BugAnswer {
  readonly bug: string;
  readonly thread: string;
  readonly title: string;
  readonly what: string;
  readonly needs: string;
  readonly cve?: string;
  /** `affected`; `fixed`: this kernel has the fix; `never`: it never had the bug; `not-known`: `why` says what is missing. */
  readonly answer: AffectedAnswer;
  /** The first version with the bug, in this kernel's branch where it is known there, else in mainline. Null: not looked up, or none. */
  readonly first_bad: string | null;
  /** The first version without it. Null: not fixed, or not known. */
  readonly first_good: string | null;
  /** The first mainline release without it. */
  readonly mainline_good: string | null;
  readonly cause: CommitName | null;
  readonly fix: CommitName | null;
  /** How well the answer is known; null where it is not. */
  readonly level: Evidence | null;
  readonly why: string;
  readonly evidence: string;
}

export interface AffectedReport {
  readonly kernel: Kernel;
  /** In words: what kind of kernel this is. */
  readonly kind: string;
  readonly worst: AffectedAnswer;
  readonly answers: readonly BugAnswer[];
}

/** Every bug of the table, for one kernel: a tag, or what uname prints. Errors: as parseKernel. */
export function affected(release: string): AffectedReport {
  const kernel = parseKernel(release);
  const answers = bugs().map(bug => ({ ...told(bug), ...answerFor(bug, kernel) }));
  const worst = ANSWERS.find(a => answers.some(x => x.answer === a)) ?? 'never';
  return { kernel, kind: inWords(kernel), worst, answers };
}

const told = ({ name, thread, title, what, needs, cve }: Bug) => ({
  bug: name,
  thread,
  title,
  what,
  needs,
  ...(cve === undefined ? {} : { cve }),
});

type Found = Omit<BugAnswer, keyof ReturnType<typeof told>>;

function inWords(k: Kernel): string {
  switch (k.kind) {
    case 'mainline':
      return `a mainline release${k.tag === k.name ? '' : `: ${k.tag}`}`;
    case 'stable':
      return `a stable release of ${k.line}`;
    case 'series':
      return `${k.line} with a patch series on it`;
    default: {
      const whose =
        k.distribution === null ? 'a kernel with changes of its own, on' : `a kernel of ${k.distribution}, on`;
      const based = k.sublevel === undefined ? k.line : `${k.line}.${k.sublevel}`;
      return `${whose} ${based}${k.package === undefined ? '' : ` (package ${k.package})`}`;
    }
  }
}

function answerFor(bug: Bug, k: Kernel): Found {
  switch (k.kind) {
    case 'mainline':
      return mainline(bug, k.tag);
    case 'stable':
      return stable(bug, k.line, k.sublevel);
    case 'series':
      return series(bug, k.name);
    default:
      return changed(bug, k);
  }
}

const before = (a: string, b: string) => compareMainline(parseTag(a), parseTag(b)) < 0;

function mainline(bug: Bug, tag: string): Found {
  const { read_to } = affectedTable();
  if (bug.never !== undefined)
    return found(bug, undefined, 'never', bug.never.level, 'mainline never had it', bug.never.evidence);
  const reached = bug.mainline.filter(s => s.bad === null || !before(tag, s.bad));
  const span = reached.at(-1);
  if (span === undefined) {
    const first = bug.mainline[0];
    return found(bug, first, 'never', first?.level ?? 'inferred', `it came with ${first?.bad}`, first?.evidence ?? '');
  }
  const unread = before(read_to, tag);
  if (span.good !== null && !before(tag, span.good)) {
    const last = unread ? `; ${tag} is newer than ${read_to}, the last that was read` : '';
    return found(bug, span, 'fixed', unread ? 'inferred' : span.level, `fixed in ${span.good}${last}`, span.evidence);
  }
  if (unread) return unknown(bug, span, `${read_to} has it; later releases were not looked at`);
  const since = span.bad === null ? 'since before the table begins' : `since ${span.bad}`;
  const until = span.good === null ? 'not fixed' : `fixed in ${span.good}`;
  return found(bug, span, 'affected', span.level, `${since}; ${until}`, span.evidence);
}

function stable(bug: Bug, line: string, sublevel: number): Found {
  const row = bug.lines[line];
  if (row !== undefined) return inLine(bug, row, line, sublevel);
  const base = mainline(bug, line);
  switch (base.answer) {
    case 'fixed':
      return { ...base, why: `${base.why}, before ${line}.y began` };
    case 'never': {
      // What was never merged is in no stable release, and what mainline has in its right form is not backported.
      const since = bug.never?.since;
      if (bug.series !== undefined || (since !== undefined && !before(line, since))) return base;
      return { ...base, level: 'inferred', why: `${base.why}, and no backport of its cause to ${line}.y is known` };
    }
    case 'affected':
      return unknown(
        bug,
        bug.mainline.at(-1),
        `${line} has it; whether a ${line}.y release fixes it was not looked up`,
      );
    default:
      return base;
  }
}

const numberIn = (version: string) => parseTag(version).stable ?? 0;

function inLine(bug: Bug, row: LineRow, line: string, sublevel: number): Found {
  if ('unknown' in row) return unknown(bug, bug.mainline.at(-1), row.unknown);
  const unread = row.read_to !== undefined && sublevel > numberIn(row.read_to);
  const level = unread ? 'inferred' : row.level;
  const last = unread ? `; ${row.read_to} is the last that was read` : '';
  if ('never' in row) return found(bug, undefined, 'never', level, `${line}.y never had it${last}`, row.evidence);
  if (row.bad !== null && sublevel < numberIn(row.bad))
    return found(bug, row, 'never', row.level, `not yet in this version: it came with ${row.bad}`, row.evidence);
  if (row.good !== null && sublevel >= numberIn(row.good))
    return found(bug, row, 'fixed', row.level, `fixed in ${row.good}`, row.evidence);
  const until = row.good === null ? `not fixed in ${line}.y` : `fixed in ${row.good}`;
  return found(bug, row, 'affected', level, `${until}${last}`, row.evidence);
}

function series(bug: Bug, name: string): Found {
  const { series: s } = bug;
  if (s?.bad.includes(name) === true)
    return found(bug, undefined, 'affected', s.level, 'the series has it on this release', s.evidence);
  if (s?.clean.includes(name) === true)
    return found(bug, undefined, 'never', s.level, 'the series does not have it on this release', s.evidence);
  return unknown(
    bug,
    bug.mainline.at(-1),
    `what the series does to ${name.split('+')[0]} was not looked at for this bug`,
  );
}

/** A fix that mainline had before the line began is in every kernel of it. For all else the maker's changelog has to be read. */
function changed(bug: Bug, k: ChangedKernel): Found {
  const debian = k.distribution === 'Debian' ? fromDebian(bug, k) : undefined;
  if (debian !== undefined) return debian;
  const base = mainline(bug, k.line);
  if (base.answer === 'fixed') return { ...base, level: 'inferred', why: `${base.why}, before ${k.line} began` };
  return unknown(bug, bug.mainline.at(-1), notRead(k));
}

function notRead(k: ChangedKernel): string {
  const number = k.sublevel === undefined ? '' : `.${k.sublevel}`;
  if (k.distribution === null)
    return `its suffix does not say whose changes it has; if it is ${k.line}${number} without any, ask for ${k.line}${number}`;
  if (k.distribution === 'Debian') {
    const read = affectedTable().distributions.debian.changelog_read[k.line];
    if (k.sublevel === undefined)
      return 'the release does not say the version of its package; uname -v does: give the whole line of uname -a';
    return read === undefined
      ? `Debian's changelog of ${k.line} was not read`
      : `Debian's changelog of ${k.line} was read up to ${read}`;
  }
  return `${k.distribution} backports on its own, and its changelog was not read`;
}

/** Debian takes the stable releases and tells every other patch in its changelog: where that was read, the stable answer holds. */
function fromDebian(bug: Bug, k: ChangedKernel): Found | undefined {
  const { changelog_read, early } = affectedTable().distributions.debian;
  const read = changelog_read[k.line];
  if (read === undefined || k.sublevel === undefined || k.sublevel > numberIn(read)) return undefined;
  const upstream = stable(bug, k.line, k.sublevel);
  const own = early.find(e => e.bug === bug.name && e.line === k.line);
  const why = `${upstream.why}; Debian's changelog names no other patch of it`;
  if (upstream.answer !== 'affected' || own === undefined) return { ...upstream, why };
  if (!hasPackage(k.package, own.good)) return upstream;
  return {
    ...upstream,
    answer: 'fixed',
    first_good: own.good,
    level: 'read',
    why: `Debian fixed it in ${own.good}`,
    evidence: own.evidence,
  };
}

/** `5.10.46-3` has what `5.10.46-2` had. Upstream version first, then Debian's revision. */
function hasPackage(mine: string | undefined, good: string): boolean {
  const numbers = (p: string) => p.split(/[.-]/).slice(0, 4).map(Number.parseFloat);
  if (mine === undefined) return false;
  const [a, b] = [numbers(mine), numbers(good)];
  const at = a.findIndex((x, i) => x !== b[i]);
  return at < 0 || (a[at] ?? 0) > (b[at] ?? 0);
}

function found(
  bug: Bug,
  span: BugSpan | undefined,
  answer: AffectedAnswer,
  level: Evidence,
  why: string,
  evidence: string,
): Found {
  return {
    answer,
    first_bad: span?.bad ?? null,
    first_good: span?.good ?? null,
    mainline_good: bug.mainline.at(-1)?.good ?? null,
    cause: span?.cause ?? bug.cause,
    fix: span?.fix ?? bug.fix,
    level,
    why,
    evidence,
  };
}

function unknown(bug: Bug, span: BugSpan | undefined, why: string): Found {
  return { ...found(bug, span, 'not-known', 'inferred', why, span?.evidence ?? ''), level: null };
}
