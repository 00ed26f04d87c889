/** Tables that every notebook shows: a bug over some kernels, how a behaviour changed, who wrote what. */
import { nearest } from '../../model/nearest.js';
import { affected } from './affected.js';
import { bugs } from './affected-table.js';
import type { BehaviourName } from './behaviours.js';
import { KernelError } from './error.js';
import { history, stableHistory } from './releases.js';
import { thread } from './threads.js';

interface Rows {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (string | null)[])[];
}

/** Has each of these kernels the bug? A kernel is a tag, or what uname prints. Errors: an unknown bug; as `affected`. */
export function affectedBy(bug: string, ...kernels: readonly string[]): Rows {
  const known = bugs().map(b => b.name);
  if (!known.includes(bug)) {
    const meant = nearest(bug, known);
    const hint = meant === undefined ? `There are: ${known.join(', ')}` : `Did you mean '${meant}'?`;
    throw new KernelError(`no bug is called '${bug}'. ${hint}`);
  }
  const rows = kernels.map(kernel => {
    const answer = affected(kernel).answers.find(a => a.bug === bug);
    return [kernel, answer?.answer ?? null, answer?.level ?? null, answer?.why ?? null];
  });
  return { columns: ['kernel', bug, 'level', 'why'], rows };
}

/** Every value that mainline has had of these behaviours, with its commit, and how well the rule and its first release are known. */
export function historyTable(...behaviours: readonly BehaviourName[]): Rows {
  const rows = behaviours.flatMap(b =>
    history(b).map(r => [b, r.value, r.from, r.commit ?? '–', r.evidence, r.from_evidence ?? r.evidence]),
  );
  const columns = ['behaviour', 'value', 'from', 'commit', 'the rule is', 'the release is'];
  return { columns, rows };
}

/** Every value that a stable line has had of a behaviour by a backport of its own, line by line. */
export function stableTable(name: BehaviourName): Rows {
  const rows = stableHistory(name).map(r => [r.from, r.value, r.commit ?? '–', r.evidence, r.from_evidence]);
  return { columns: ['from', 'value', 'commit', 'the rule is', 'the release is'], rows };
}

/** The mails of a thread. Errors: an unknown thread. */
export function mailsTable(name: string): Rows {
  return { columns: ['date', 'who', 'what'], rows: thread(name).mails.map(m => [m.date, m.from, m.what]) };
}

/** The commits of a thread. Errors: an unknown thread. */
export function commitsTable(name: string): Rows {
  const rows = thread(name).commits.map(c => [c.commit, c.subject, c.release ?? '–']);
  return { columns: ['commit', 'subject', 'release'], rows };
}
