/** What a new notebook holds, and how a file from elsewhere becomes one. */
import { HttpError } from '../http/reply.js';
import { cellsOf, type Json, sourceOf } from './notebook-json.js';
import { shapeFault } from './notebook-shape.js';

const METADATA: Json = {
  kernelspec: { display_name: 'TypeScript (put-page)', language: 'typescript', name: 'put-page' },
  language_info: { file_extension: '.ts', mimetype: 'text/typescript', name: 'typescript' },
};

const IMPORT = "import { firstSteps, linux, show, zoneDeviceLeak } from 'put-page';";

/** A heading, the kit's import, and an empty cell. */
export function newNotebook(title: string): Json {
  const code = (id: string, source: string): Json => ({
    ...{ cell_type: 'code', id, metadata: {}, source, outputs: [], execution_count: null },
  });
  const heading = { cell_type: 'markdown', id: 'title', metadata: {}, source: `# ${title}` };
  return {
    cells: [heading, code('import', IMPORT), code('first', '')],
    metadata: METADATA,
    nbformat: 4,
    nbformat_minor: 5,
  };
}

const EXPECTED = 'Expected is an .ipynb file as Jupyter, VS Code or put-page writes it (nbformat 4).';

/** The notebook in a file's text, made whole: every cell has an id. Throws an HttpError that says what to do. */
export function notebookIn(text: string, file: string): Json {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    const what = text.trim() === '' ? 'is empty' : `is not JSON (${(error as Error).message})`;
    throw new HttpError(400, `'${file}' ${what}. ${EXPECTED} Choose another file, or download this one again.`);
  }
  const fault = shapeFault(value);
  if (fault !== null)
    throw new HttpError(
      400,
      `'${file}' is no notebook: ${fault}. ${EXPECTED} An older one becomes such a file when Jupyter opens and saves it.`,
    );
  const notebook = value as Json;
  const language = languageOf(notebook);
  if (!/^(typescript|javascript|)$/i.test(language))
    throw new HttpError(
      400,
      `'${file}' is written for ${language}. The kernel here runs TypeScript, so its cells could not run; open it in Jupyter.`,
    );
  const ids = new Set<unknown>();
  const cells = cellsOf(notebook).map((cell, i) => {
    const id = isId(cell.id) && !ids.has(cell.id) ? cell.id : `cell-${i + 1}-${ids.size}`;
    ids.add(id);
    const { outputs, execution_count, ...rest } = cell;
    const ran = cell.cell_type === 'code' ? { outputs: outputs ?? [], execution_count: execution_count ?? null } : {};
    return { ...rest, ...ran, id, metadata: cell.metadata ?? {}, source: sourceOf(cell) };
  });
  return { ...notebook, cells, metadata: METADATA, nbformat: 4, nbformat_minor: 5 };
}

function languageOf({ metadata }: Json): string {
  const { kernelspec, language_info } = (metadata ?? {}) as { kernelspec?: Json; language_info?: Json };
  return String(language_info?.name ?? kernelspec?.language ?? '');
}

/** As nbformat wants it. */
function isId(id: unknown): boolean {
  return typeof id === 'string' && /^[A-Za-z0-9_-]{1,64}$/.test(id);
}
