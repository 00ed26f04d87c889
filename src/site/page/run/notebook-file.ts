/** A live notebook as a file, and back. */
import type { CellsFile } from '../../cells-file.js';
import type { CellOutput } from '../../kernel.js';

interface Written {
  readonly cell: { readonly id: string };
  readonly source: string;
  readonly outputs: readonly CellOutput[];
}

const inFile = (output: CellOutput): object => {
  if (output.output_type === 'error') return { traceback: [`${output.ename}: ${output.evalue}`], ...output };
  if (output.output_type === 'stream') return output;
  const { output_type, data, id } = output;
  const count = output_type === 'execute_result' ? { execution_count: null } : {};
  return { output_type, data, ...count, metadata: id === undefined ? {} : { display_id: id } };
};

/** With the reader's sources, and what was run here. */
export function toNotebook({ cells, metadata }: CellsFile, live: readonly Written[]): string {
  const written = new Map(live.map(one => [one.cell.id, one]));
  const all = cells.map(({ id, type, source, metadata: own }) => {
    const mine = written.get(id);
    const code = type === 'code' ? { execution_count: null, outputs: (mine?.outputs ?? []).map(inFile) } : {};
    return { cell_type: type, id, metadata: own, source: mine?.source ?? source, ...code };
  });
  return `${JSON.stringify({ cells: all, metadata, nbformat: 4, nbformat_minor: 5 }, null, 1)}\n`;
}

/** The sources of a notebook's code cells, by id. Errors: it is none. */
export function ownSources(text: string): ReadonlyMap<string, string> {
  const { cells } = JSON.parse(text) as {
    cells: readonly { id?: string; cell_type: string; source: string | string[] }[];
  };
  return new Map(
    cells.flatMap(({ id, cell_type, source }) =>
      cell_type === 'code' && id !== undefined ? [[id, Array.isArray(source) ? source.join('') : source] as const] : [],
    ),
  );
}
