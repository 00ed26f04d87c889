/** A report of affected() in plain words. Pure. */
import { type AffectedAnswer, type AffectedReport, affected, type BugAnswer } from './affected.js';
import { type Bug, type BugSpan, bugs, type CommitName } from './affected-table.js';

const WORD: Readonly<Record<AffectedAnswer, string>> = {
  affected: 'affected',
  'not-known': 'not known',
  fixed: 'fixed',
  never: 'never had it',
};
const ORDER: readonly AffectedAnswer[] = ['affected', 'not-known', 'fixed', 'never'];

const commit = (name: string, c: CommitName | null) => (c === null ? [] : [`${name}: ${c.commit} ("${c.subject}")`]);

/**
 * What a person reads: a line on the kernel, then the bugs, the worst first. What it has, and what is not known, is told in full; the
 * rest in one line each. `all`: everything in full, with the evidence.
 */
export function affectedText(report: AffectedReport, all = false): string {
  const { kernel, kind, answers } = report;
  const sorted = ORDER.flatMap(a => answers.filter(x => x.answer === a));
  const width = Math.max(...answers.map(a => a.bug.length)) + 2;
  const blocks = all ? sorted.map(a => block(a, width, all)) : grouped(sorted, width);
  const counts = ORDER.map(a => [answers.filter(x => x.answer === a).length, WORD[a]] as const).filter(([n]) => n > 0);
  const sum = `${counts.map(([n, word]) => `${n} ${word}`).join(', ')}, of ${answers.length} bugs`;
  return [`${kernel.name}: ${kind}`, '', ...blocks, '', sum, ''].join('\n');
}

/** What is not known for one and the same reason is told together. */
function grouped(sorted: readonly BugAnswer[], width: number): readonly string[] {
  const unknown = sorted.filter(a => a.answer === 'not-known');
  const reasons = [...new Set(unknown.map(a => a.why))];
  const together = reasons.map(why => {
    const names = unknown.filter(a => a.why === why).map(a => a.bug);
    return names.length < 3
      ? names.map(n => `${WORD['not-known'].padEnd(14)}${n.padEnd(width)}${why}`).join('\n')
      : `${WORD['not-known'].padEnd(14)}${why}:\n${names.map(n => ' '.repeat(16) + n).join('\n')}`;
  });
  const one = (a: BugAnswer) => block(a, width, false);
  return [
    ...sorted.filter(a => a.answer === 'affected').map(one),
    ...together,
    ...sorted.filter(a => a.answer === 'fixed' || a.answer === 'never').map(one),
  ];
}

function block(a: BugAnswer, width: number, all: boolean): string {
  const head = `${WORD[a.answer].padEnd(14)}${a.bug.padEnd(width)}${level(a)}${a.why}`;
  const full = all || a.answer === 'affected';
  if (!full) return head;
  const indent = ' '.repeat(14);
  const lines = [
    `${a.title}.`,
    a.what,
    `Who meets it: ${a.needs}.${a.cve === undefined ? '' : ` ${a.cve}.`}`,
    `First bad: ${a.first_bad ?? 'not looked up'}; first good: ${a.first_good ?? 'none'}${elsewhere(a)}.`,
    ...commit('Cause', a.cause),
    ...commit('Fix', a.fix),
    ...(all ? [`Evidence: ${a.evidence}`] : []),
    `Notebook and mails: thread ${a.thread}.`,
  ];
  return [head, ...lines.map(l => indent + l)].join('\n');
}

/** Where the branch has no fix, but mainline has. */
const elsewhere = (a: BugAnswer) =>
  a.first_good === null && a.mainline_good !== null ? `; mainline fixed it in ${a.mainline_good}` : '';

/** The quiet mark of what is known less well than read. */
function level({ level: known }: BugAnswer): string {
  return known === 'inferred' ? '(inferred) ' : '';
}

/** The long-term branches, oldest first. */
const BRANCHES = ['4.14', '4.19', '5.4', '5.10', '5.15', '6.1', '6.6', '6.12'] as const;

/** The table of docs/affected.md: where each bug begins and ends. Markdown. */
export function affectedMatrix(): string {
  const row = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const span = (s: BugSpan) => `${s.bad ?? '…'} to ${s.good ?? 'now'}${s.level === 'inferred' ? ' *' : ''}`;
  const cell = (bug: Bug, line: string) => {
    const known = bug.lines[line];
    if (known !== undefined && 'bad' in known) return span(known);
    const { answer, level: how } = affected(`${line}.1`).answers.find(a => a.bug === bug.name) ?? {};
    const word = answer === undefined ? '' : WORD[answer];
    return how === 'inferred' ? `${word} *` : word;
  };
  return [
    row(['bug', 'mainline', ...BRANCHES.map(b => `${b}.y`)]),
    row(Array(BRANCHES.length + 2).fill('---')),
    ...bugs().map(b =>
      row([b.name, b.mainline.map(span).join(', ') || 'never had it', ...BRANCHES.map(line => cell(b, line))]),
    ),
  ].join('\n');
}
