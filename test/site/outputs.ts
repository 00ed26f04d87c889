/** Outputs of cells as a reader sees them: one text where it came in pieces, and of each bundle what can be drawn without a kernel. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { joinLines, type Lines } from '#src/jupyter/notebook/lines.js';
import { projectRoot } from '#src/jupyter/project-root.js';

type Stored = Readonly<Record<string, unknown>>;

export function notebookCells(
  name: string,
): readonly { readonly id: string; readonly source: string; readonly outputs: readonly Stored[] }[] {
  const { cells } = JSON.parse(readFileSync(path.join(projectRoot, 'notebooks', `${name}.ipynb`), 'utf8')) as {
    cells: { id: string; cell_type: string; source: Lines; outputs?: Stored[] }[];
  };
  return cells
    .filter(cell => cell.cell_type === 'code')
    .map(({ id, source, outputs = [] }) => ({ id, source: joinLines(source), outputs }));
}

export function asSeen(outputs: readonly object[]): readonly Stored[] {
  const seen: Stored[] = [];
  for (const output of outputs as readonly Stored[]) {
    const last = seen.at(-1);
    if (output.output_type === 'stream') {
      const text = joinLines(output.text as Lines);
      if (last?.name === output.name)
        seen[seen.length - 1] = { name: output.name, text: `${String(last?.text)}${text}` };
      else seen.push({ name: output.name, text });
    } else if (output.output_type === 'error') seen.push({ ename: output.ename, evalue: output.evalue });
    else {
      const data = Object.entries(output.data as Readonly<Record<string, Lines>>).filter(([mime]) =>
        /^(text|image)\//.test(mime),
      );
      const shown = data.map(([mime, text]) => [mime, joinLines(text)] as const);
      // A place that a control may fill later holds nothing yet.
      if (shown.some(([, text]) => text !== '')) seen.push(Object.fromEntries(shown));
    }
  }
  return seen;
}
