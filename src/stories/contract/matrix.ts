/** Every rule against every kind of page on the path of every era. */
import type { Evidence } from '../../linux/index.js';
import { collected } from '../../model/index.js';
import { type Cell, eventBehind, type Figure, truthTable } from '../../views/index.js';
import { CELL_WORDS, type CellWord, contractCell, type SearchedCell } from './cell.js';
import { HISTORIC_RULES, KVM_RULES } from './history.js';
import { CONTRACT_KINDS } from './page-kinds.js';
import { recordedWord } from './recorded.js';
import type { Contract } from './rule.js';

/** One for each path of a fault that the table of releases tells apart, and the kernels that were recorded. */
export const MATRIX_RELEASES = ['4.8', '5.10', '6.1.192', '6.8', '6.12.117', '6.13', '7.2.13'] as const;

export interface MatrixCell extends SearchedCell {
  /** A recorded kernel did just this: its count before and after a guest's read. */
  readonly confirmed: boolean;
}

/** Rules under test: those of history, or these. */
export interface MatrixInput {
  readonly rules?: readonly { readonly contract: Contract; readonly evidence: Evidence }[];
  readonly kinds?: readonly string[];
  readonly releases?: readonly string[];
}

/** Every cell, rule by rule, kind by kind, release by release. Errors: an unknown kind or release. */
export function contractMatrix(input: MatrixInput = {}): readonly MatrixCell[] {
  const { rules = HISTORIC_RULES, releases = MATRIX_RELEASES } = input;
  const kinds = input.kinds ?? CONTRACT_KINDS.map(k => k.name);
  return rules.flatMap(({ contract, evidence }) =>
    kinds.flatMap(kind => releases.map(release => confirmedCell(contract, kind, release, evidence))),
  );
}

/** One cell, and whether a recorded kernel confirms it. Errors: an unknown kind or release. */
export function confirmedCell(
  rule: Contract,
  kind: string,
  release: string,
  evidence: Evidence = 'inferred',
): MatrixCell {
  const cell = contractCell(rule, kind, release, evidence);
  const recorded = recordedWord(rule, kind, release);
  if (recorded === null) return { ...cell, confirmed: false };
  if (recorded !== cell.verdict)
    throw new RangeError(`${kind} on ${release}: the model says ${cell.verdict}, the recorded kernel ${recorded}`);
  // One recorded run confirms a cell; that it holds in every order still rests on the rules.
  return { ...cell, confirmed: true };
}

const TONES: Readonly<Record<CellWord, Cell['tone']>> = {
  'use after free': 'bad',
  underflow: 'bad',
  hang: 'bad',
  leak: 'bad',
  refused: 'warn',
  bounded: 'none',
  ok: 'good',
};

/** As 04's matrix has it: the word for a page that is freed while somebody uses it. */
const shown = (verdict: CellWord): string => (verdict === 'use after free' ? 'freed' : verdict);

/** A kind of page as a row is named: on one line. */
const rowOf = (kind: string): string => kind.replace('driver’s page by', 'driver, by');

/**
 * A cell as a figure shows it: ✓ where a recorded kernel did the same; with its shortest run. `allInferred`: every cell is, so the figure
 * says it once instead.
 */
export function drawn(cell: MatrixCell, allInferred = false): Cell {
  const known = allInferred ? 'known: inferred' : '';
  const hover = [cell.property ?? '', known].filter(line => line !== '').join('\n');
  const text = cell.confirmed ? `${shown(cell.verdict)} ✓` : shown(cell.verdict);
  const run = cell.trace === null ? {} : { run: cell.trace };
  return { text, tone: TONES[cell.verdict], hover, ...run, ...(allInferred ? {} : { level: cell.evidence }) };
}

/** The worst that happens, in words: to which page, under which rule, in which step, by whom. '' where nothing does. */
function worstOf(cells: readonly MatrixCell[]): string {
  const found = CELL_WORDS.flatMap(word => cells.filter(c => c.verdict === word && c.trace !== null)).at(0);
  return found?.trace ? `the worst cell, ${eventBehind(found.kind, found.rule, found.trace)}` : '';
}

/** One rule on the paths of these releases: a row a kind of page, a column a path. Errors: an unknown release. */
export function pathsFigure(rule: Contract, releases: readonly string[]): Figure {
  return collected(() => {
    const cells = contractMatrix({ rules: [{ contract: rule, evidence: 'inferred' }], releases });
    const allInferred = cells.every(c => c.evidence === 'inferred');
    return truthTable({
      title: `${capital(rule.name)}: who is left as it was?`,
      rows: CONTRACT_KINDS.map(k => rowOf(k.name)),
      columns: releases,
      rowTitle: 'kind of page',
      columnTitle: 'on the path of',
      cell(kind, tag) {
        const cell = cells.find(c => rowOf(c.kind) === kind && c.release === tag);
        return cell === undefined ? null : drawn(cell, allInferred);
      },
    });
  }).made;
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/**
 * The matrix of these rules (of KVM's history, if none are given) on the path of one release: a row a kind of page, a column a rule. ✓: a recorded
 * kernel did the same. Errors: an unknown release; two rules of one name.
 */
export function matrixFigure(rules: Contract | readonly Contract[] | undefined, release = '6.13'): Figure {
  const given = rules === undefined ? undefined : Array.isArray(rules) ? rules : [rules as Contract];
  const asked = given?.map(contract => ({ contract, evidence: 'inferred' as const })) ?? KVM_RULES;
  const kinds = CONTRACT_KINDS.map(k => k.name);
  // What the cells rest on belongs to the figure, also where no notebook's cell collects it.
  return collected(() => {
    const cells = contractMatrix({ rules: asked, kinds, releases: [release] });
    const allInferred = cells.every(c => c.evidence === 'inferred');
    const event = worstOf(cells);
    return truthTable({
      title: `Who leaves each page as it was, on the path of ${release}?`,
      rows: kinds.map(rowOf),
      columns: asked.map(r => r.contract.name),
      rowTitle: 'kind of page',
      columnTitle: 'the rule',
      ...(cells.some(c => c.confirmed) ? { note: '✓: a recorded kernel did the same' } : {}),
      ...(event === '' ? {} : { event }),
      cell(kind, name) {
        const cell = cells.find(c => rowOf(c.kind) === kind && c.rule === name);
        return cell === undefined ? null : drawn(cell, allInferred);
      },
    });
  }).made;
}
