/** `put-page matrix [--release R] [--rule NAME] [--json]`: every rule against every kind of page, on the path of every era. */
import { KernelError } from '../linux/data/error.js';
import { ModelError } from '../model/error.js';
import { STAR, STAR_SAYS } from '../model/index.js';
import {
  BOUNDS,
  CONTRACT_KINDS,
  contractMatrix,
  HISTORIC_RULES,
  historicRule,
  type MatrixCell,
} from '../stories/contract/index.js';
import { has, one } from './arguments.js';
import { BadInput, type Given } from './spec.js';

/** Runs the command; returns the exit code. Errors: BadInput. */
export async function main(given: Given): Promise<number> {
  try {
    const [release, rule] = [one(given, '--release'), one(given, '--rule')];
    const cells = contractMatrix({
      ...(release === undefined ? {} : { releases: [release] }),
      ...(rule === undefined ? {} : { rules: [historicRule(rule)] }),
    });
    process.stdout.write(has(given, '--json') ? `${JSON.stringify(cells.map(asJson), null, 2)}\n` : text(cells));
    return 0;
  } catch (e) {
    throw e instanceof ModelError || e instanceof KernelError ? new BadInput(e.message) : e;
  }
}

function asJson(c: MatrixCell) {
  const { rule, kind, release, verdict, property, traceLength, evidence, confirmed } = c;
  return { rule, kind, release, verdict, property, traceLength, evidence, confirmed };
}

/** A table for each path of which the cells differ; releases with the same cells share one. */
function text(cells: readonly MatrixCell[]): string {
  const tables = new Map<string, string[]>();
  for (const release of new Set(cells.map(c => c.release))) {
    const rows = tableOf(cells.filter(c => c.release === release));
    tables.set(rows, [...(tables.get(rows) ?? []), release]);
  }
  const parts = [...tables].map(([rows, releases]) => `on the path of ${releases.join(', ')}:\n${rows}`);
  const rules = HISTORIC_RULES.filter(r => cells.some(c => c.rule === r.name)).map(
    r => `  ${r.name.padEnd(8)}${r.what}${r.evidence === 'inferred' ? ' (inferred)' : ''}`,
  );
  const confirmed = cells.filter(c => c.confirmed).length;
  return `${parts.join('\n')}\nthe rules:\n${rules.join('\n')}\nin each cell every order is searched: ${BOUNDS}.\n${cells.some(c => c.evidence === 'inferred') ? `${STAR_SAYS} (docs/truth.md).\n` : ''}${confirmed} of ${cells.length} cells were also seen on a recorded kernel; --json says which.\n`;
}

/** The verdict, with the quiet mark of what rests on something inferred. */
const marked = (c: MatrixCell | undefined) =>
  c === undefined ? '' : c.evidence === 'inferred' ? `${c.verdict}${STAR}` : c.verdict;

function tableOf(cells: readonly MatrixCell[]): string {
  const rules = [...new Set(cells.map(c => c.rule))];
  const kinds = CONTRACT_KINDS.map(k => k.name);
  const first = Math.max(...kinds.map(k => k.length)) + 2;
  const width = 18;
  const line = (name: string, words: readonly string[]) =>
    `  ${name.padEnd(first)}${words.map(w => w.padEnd(width)).join('')}`.trimEnd();
  return [
    line('', rules),
    ...kinds.map(kind =>
      line(
        kind,
        rules.map(rule => marked(cells.find(c => c.rule === rule && c.kind === kind))),
      ),
    ),
    '',
  ].join('\n');
}
