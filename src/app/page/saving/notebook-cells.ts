/** A notebook's sources, read from and written to JupyterLab's model of it. */
import type { INotebookModel } from '@jupyterlab/notebook';
import type { Sources } from './sources.js';

type JSONObject = Parameters<INotebookModel['fromJSON']>[0];

export function readSources(model: INotebookModel): Sources {
  return model.sharedModel.cells.map(cell => ({ id: cell.id, cell_type: cell.cell_type, source: cell.source }));
}

/** Changes what differs. Outputs stay with their cells; cells of the same order keep their editors and undo history. */
export function writeSources(model: INotebookModel, sources: Sources): void {
  const cells = model.sharedModel.cells;
  const same = cells.length === sources.length && cells.every((cell, i) => isCell(cell, sources[i]));
  if (!same) {
    model.fromJSON(rebuilt(model.toJSON() as unknown as Notebook, sources));
    return;
  }
  for (const [i, cell] of cells.entries()) {
    const source = sources[i]?.source ?? cell.source;
    if (cell.source !== source) cell.setSource(source);
  }
}

interface Kind {
  readonly id: string;
  readonly cell_type: string;
}

interface Notebook {
  readonly cells: readonly Kind[];
}

function isCell(cell: Kind, other: Kind | undefined): boolean {
  return cell.id === other?.id && cell.cell_type === other.cell_type;
}

function rebuilt(notebook: Notebook, sources: Sources): JSONObject {
  const cells = sources.map(({ id, cell_type, source }) => {
    const old = notebook.cells.find(cell => isCell(cell, { id, cell_type }));
    const fresh = cell_type === 'code' ? { outputs: [], execution_count: null } : {};
    return { metadata: {}, ...fresh, ...old, id, cell_type, source };
  });
  return { ...notebook, cells } as unknown as JSONObject;
}
