/** Each change of a page's count on a real kernel, beside the model's: what changed it, and what was running. */
import type { Figure } from './figure.js';
import { type Cell, gridFigure } from './grid.js';
import { plainText, plural } from './text.js';

/** One change of a count. */
export interface CountChange {
  /** 0: refused, because the count was 0. */
  readonly change: number;
  /** After it. */
  readonly count: number;
  /** The functions that were running, innermost first. */
  readonly stack: readonly string[];
}

export interface ChangeBeside {
  /** What the row is called: `anonymous page, 1`. */
  readonly name: string;
  /** null: this side has no such change. */
  readonly kernel: CountChange | null;
  readonly model: CountChange | null;
  /** The functions that are in both stacks, innermost first. */
  readonly both: readonly string[];
  /** What differs; empty: they agree. */
  readonly differs: readonly string[];
}

const signed = (n: number) => (n === 0 ? 'refused' : n > 0 ? `+${n}` : `\u2212${-n}`);

const said = (c: CountChange | null) => (c === null ? 'nothing' : `${signed(c.change)}, then ${c.count}`);

/**
 * Shows every change of a count twice: as a real kernel traced it, and as the model makes it, in order from above. The third column names the functions
 * that are in both stacks, the innermost first; the pointer is told each whole stack. A row that differs says so, and is coloured.
 * Errors: no rows, two rows of one name.
 */
export function changesBeside(
  rows: readonly ChangeBeside[],
  options: { readonly title?: string; readonly kernel?: string } = {},
): Figure {
  const columns = [options.kernel ?? 'real kernel', 'model', 'functions in both stacks'];
  const agree = rows.filter(r => r.differs.length === 0).length;
  const whole = (c: CountChange | null, whose: string): string =>
    c === null ? `${whose} has no such change` : `${whose}, innermost first:\n${c.stack.join('\n')}`;
  const cells = rows.map((r): readonly Cell[] => {
    const tone = r.differs.length > 0 ? 'bad' : 'plain';
    const differs = r.differs.length > 0 ? `\n${r.differs.join('\n')}` : '';
    return [
      { text: said(r.kernel), tone, hover: `${whole(r.kernel, 'the kernel’s stack')}${differs}` },
      { text: said(r.model), tone, hover: `${whole(r.model, 'the model’s functions')}${differs}` },
      {
        text: r.differs.length > 0 ? r.differs.join('; ') : r.both.join(' < '),
        tone,
        hover: whole(r.kernel, 'the kernel’s stack'),
      },
    ];
  });
  const sum = (side: 'kernel' | 'model') => rows.reduce((n, r) => n + (r[side]?.change ?? 0), 0);
  return gridFigure({
    title: plainText(options.title ?? 'Each change of the count: a real kernel, and the model'),
    rows: rows.map(r => r.name),
    columns,
    rowTitle: 'page, change',
    cells,
    text: `${plural(rows.length, 'change')} of a count, on a real kernel and in the model: ${agree} agree${agree === rows.length ? '' : `, ${rows.length - agree} do not`}. All of them together: ${signed(sum('kernel'))} on the kernel, ${signed(sum('model'))} in the model.`,
    table: {
      columns: ['change', columns[0] ?? '', 'model', 'kernel’s stack', 'functions in both', 'differs'],
      rows: rows.map(r => [
        r.name,
        said(r.kernel),
        said(r.model),
        r.kernel?.stack.join(' < ') ?? '',
        r.both.join(' < '),
        r.differs.join('; '),
      ]),
    },
  });
}
