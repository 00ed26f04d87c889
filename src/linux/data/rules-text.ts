/** The table of all rules in docs/truth.md, from data/releases.json. */
import { LEVELS, type ReleaseRow, releaseTable } from './release-table.js';

const [BEGIN, END] = ['<!-- rules -->\n', '<!-- /rules -->'] as const;

const cells = (of: readonly string[]) => `| ${of.map(c => c.replaceAll('|', '\\|')).join(' | ')} |`;

/** What was read of a row, and where: `source, 5.10.262, virt/kvm/kvm_main.c`. */
function readingOf({ reading }: ReleaseRow): string {
  const { what, at, path } = reading;
  return [what, at, ...(path === undefined ? [] : [`\`${path}\``])].join(', ');
}

/** How many rows are known how well: `157 rules; 30 of them rest on something inferred`. */
function counted(rows: readonly ReleaseRow[]): string {
  const of = (level: string, rest: readonly string[]) =>
    rows.filter(
      r =>
        [r.evidence, r.from_evidence].includes(level as never) &&
        rest.every(l => r.evidence !== l && r.from_evidence !== l),
    ).length;
  const parts = LEVELS.map((level, i) => `${of(level, LEVELS.slice(0, i))} are ${level}`);
  return `${rows.length} rules of ${new Set(rows.map(r => r.behaviour)).size} behaviours. By the weaker of their two levels, ${parts.join(', ')}.`;
}

/** Every row of the table, behaviour by behaviour. Markdown. */
export function rulesTable(): string {
  const { rows, behaviours } = releaseTable();
  const parts = Object.entries(behaviours).map(([name, { what, values }]) => {
    const own = rows.filter(r => r.behaviour === name);
    const told = own.map(r =>
      cells([r.from, r.value, values[r.value] ?? '', r.commit ?? '–', r.evidence, r.from_evidence, readingOf(r)]),
    );
    const head = ['from', 'value', 'that is', 'commit', 'the rule is', 'the release is', 'what was read'];
    return [`### ${name}`, '', `${what}.`, '', cells(head), cells(head.map(() => '---')), ...told, ''].join('\n');
  });
  return [counted(rows), '', ...parts].join('\n');
}

/** The page with the table as it is now. Errors: the page has no place for it. */
export function withRules(page: string): string {
  const [from, to] = [page.indexOf(BEGIN), page.indexOf(END)];
  if (from < 0 || to < from)
    throw new RangeError(`docs/truth.md has no place for the rules: expected ${BEGIN.trim()} and ${END}`);
  return `${page.slice(0, from + BEGIN.length)}\n${rulesTable()}\n${page.slice(to)}`;
}
