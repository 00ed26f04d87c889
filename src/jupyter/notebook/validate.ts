/** Reads an .ipynb and says of a broken one what is wrong, where, and what was expected. */
import { readFileSync } from 'node:fs';
import type { ErrorObject, ValidateFunction } from 'ajv';
import AjvDraft04 from 'ajv-draft-04';
import { NotebookFormatError } from './document.js';
import type { Notebook } from './nbformat.js';

const schemaUrl = new URL('../../../data/nbformat/nbformat.v4.5.schema.json', import.meta.url);

interface Schema {
  readonly properties: Readonly<Record<string, unknown>>;
  readonly definitions: Readonly<Record<string, unknown>>;
}

interface Validators {
  readonly notebook: ValidateFunction;
  readonly cells: Readonly<Record<string, ValidateFunction>>;
  readonly outputs: Readonly<Record<string, ValidateFunction>>;
}

let compiled: Validators | undefined;

/**
 * The schema says "one of three cells, one of four outputs", and a validator then reports every branch that failed. So
 * the notebook, each cell and each output are checked alone, against the branch that their type names.
 */
function validators(): Validators {
  if (compiled !== undefined) return compiled;
  const schema: Schema = JSON.parse(readFileSync(schemaUrl, 'utf8'));
  const ajv = new AjvDraft04.default({ strict: false, allErrors: true });
  const definitions = { ...schema.definitions, cell: {}, output: {} };
  const compile = (name: string): ValidateFunction => ajv.compile({ definitions, $ref: `#/definitions/${name}` });
  const { $schema: _, ...root } = { $schema: '', ...schema };
  compiled = {
    notebook: ajv.compile({ ...root, definitions }),
    cells: { code: compile('code_cell'), markdown: compile('markdown_cell'), raw: compile('raw_cell') },
    outputs: {
      execute_result: compile('execute_result'),
      display_data: compile('display_data'),
      stream: compile('stream'),
      error: compile('error'),
    },
  };
  return compiled;
}

function describe({ instancePath, keyword, message, params }: ErrorObject, where: string): string {
  const place = `${where}${instancePath.replaceAll('/', '.')}`.replace(/^\./, '');
  const head = place === '' ? '' : `${place} `;
  if (keyword === 'additionalProperties')
    return `${head}has '${params.additionalProperty}', which nbformat 4.5 does not know`;
  if (keyword === 'enum') return `${head}must be one of ${params.allowedValues.join(', ')}`;
  if (keyword === 'oneOf') return `${head}must be a string or a list of strings`;
  return `${head}${message ?? 'is not valid'}`;
}

function check(validate: ValidateFunction, value: unknown, where: string): string[] {
  if (validate(value)) return [];
  const errors = validate.errors ?? [];
  // The branches of a oneOf that failed are told by the oneOf itself.
  const choices = errors.filter(error => error.keyword === 'oneOf').map(error => error.instancePath);
  const told = errors.filter(
    error => error.keyword === 'oneOf' || !choices.some(path => error.instancePath.startsWith(path)),
  );
  return told.map(error => describe(error, where));
}

type Json = Readonly<Record<string, unknown>>;
const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function checkTyped(
  kinds: Readonly<Record<string, ValidateFunction>>,
  key: string,
  value: unknown,
  where: string,
): string[] {
  const names = Object.keys(kinds).join(', ');
  if (!isObject(value)) return [`${where} must be an object`];
  const kind = value[key];
  if (typeof kind !== 'string') return [`${where} needs ${key}: one of ${names}`];
  const validate = kinds[kind];
  if (validate === undefined) return [`${where} has ${key} '${kind}'; expected one of ${names}`];
  return check(validate, value, where);
}

function checkCell(cell: unknown, where: string): string[] {
  const { cells, outputs } = validators();
  const problems = checkTyped(cells, 'cell_type', cell, where);
  const list = isObject(cell) && Array.isArray(cell.outputs) ? cell.outputs : [];
  return [
    ...problems,
    ...list.flatMap((output, i) => checkTyped(outputs, 'output_type', output, `${where}, output ${i + 1}`)),
  ];
}

function checkIds(cells: readonly unknown[]): string[] {
  const first = new Map<unknown, number>();
  return cells.flatMap((cell, i) => {
    const id = isObject(cell) ? cell.id : undefined;
    if (id === undefined) return [];
    const before = first.get(id);
    if (before !== undefined) return [`cell ${i + 1} has the id '${id}' of cell ${before}; ids must differ`];
    first.set(id, i + 1);
    return [];
  });
}

function nameOfCell(cell: unknown, i: number): string {
  return isObject(cell) && typeof cell.id === 'string' ? `cell ${i + 1} (id ${cell.id})` : `cell ${i + 1}`;
}

/** Everything that is wrong with a notebook, in the order of the file; empty for a valid one. */
export function problemsOf(notebook: unknown): readonly string[] {
  const problems = check(validators().notebook, notebook, '');
  if (!isObject(notebook) || !Array.isArray(notebook.cells)) return problems;
  const cells: readonly unknown[] = notebook.cells;
  return [...problems, ...cells.flatMap((cell, i) => checkCell(cell, nameOfCell(cell, i))), ...checkIds(cells)];
}

/** Reads the text of an .ipynb; throws NotebookFormatError with all problems. */
export function parseNotebook(text: string, file = 'notebook.ipynb'): Notebook {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new NotebookFormatError(file, [`this is not JSON (${why}); expected a notebook of nbformat 4.5`]);
  }
  const problems = problemsOf(value);
  if (problems.length > 0) throw new NotebookFormatError(file, problems);
  return value as Notebook;
}
