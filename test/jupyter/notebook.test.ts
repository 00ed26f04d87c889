import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { type Cell, type Document, NotebookFormatError } from '#src/jupyter/notebook/document.js';
import { type Notebook, serialize, toDocument, toNotebook } from '#src/jupyter/notebook/nbformat.js';
import { parsePercent, printPercent, withoutIds } from '#src/jupyter/notebook/percent.js';
import { parseNotebook, problemsOf } from '#src/jupyter/notebook/validate.js';

const line = fc.oneof(
  fc.constantFrom('', '// %%', '// \\%%', '//%% #x', '// %% [markdown]', '# heading', '  indented', '//', '// x', '%%'),
  fc.string().map(text => text.replaceAll(/[\r\n]/g, ' ')),
);
const source = fc.array(line, { maxLength: 6 }).map(lines => lines.join('\n'));
const tag = fc.oneof(fc.constantFrom('raises-exception', 'a b', 'x"y'), fc.stringMatching(/^[^,]{1,8}$/));
const cell: fc.Arbitrary<Cell> = fc
  .record({
    type: fc.constantFrom('code' as const, 'markdown' as const, 'raw' as const),
    source,
    tags: fc.uniqueArray(tag, { maxLength: 3 }),
  })
  // A cell of comments cannot tell trailing blanks of the file from its own.
  .map(c => (c.type === 'code' ? c : { ...c, source: c.source.replace(/\s+$/, '') }));
const document: fc.Arbitrary<Document> = fc.array(cell, { maxLength: 6 }).map(cells => ({ cells }));

const plain = (d: Document): unknown => withoutIds(d).cells;

test('percent cells: what is printed is read back', () => {
  fc.assert(
    fc.property(document, d => {
      const text = printPercent(d);
      const again = parsePercent(text);
      assert.deepEqual(plain(again), plain(d));
      assert.equal(printPercent(again), text);
    }),
  );
});

test('.ts to .ipynb and back is the same .ts, byte for byte; so is .ipynb to .ts and back', () => {
  fc.assert(
    fc.property(document, d => {
      const text = printPercent(d);
      const notebook = toNotebook(parsePercent(text));
      const file = serialize(notebook);
      const read = parseNotebook(file);
      assert.equal(printPercent(withoutIds(toDocument(read))), text);
      assert.equal(serialize(toNotebook(parsePercent(text), read)), file);
      const withIds = printPercent(toDocument(read));
      assert.equal(serialize(toNotebook(parsePercent(withIds))), file);
    }),
  );
});

test('every notebook that is made is valid nbformat 4.5', () => {
  fc.assert(fc.property(document, d => assert.deepEqual(problemsOf(toNotebook(d)), [])));
});

const text = (...cells: readonly string[]): string => `${cells.join('\n\n')}\n`;
const three = text(
  '// %% [markdown]\n// # The claim\n//\n// Nobody puts the page.',
  "// %%\nimport { show } from 'put-page';",
  '// %% #raises-exception\nconst run = story.run(script);\nshow(ledger(run));',
);
const idsOf = (notebook: Notebook): string[] => notebook.cells.map(c => c.id);

test('a cell keeps its id when it is edited, moved, or rewritten in its place', () => {
  const first = toNotebook(parsePercent(three));
  const [claim, imports, run] = idsOf(first);
  const edited = toNotebook(parsePercent(three.replace('script', 'otherScript')), first);
  assert.deepEqual(idsOf(edited), [claim, imports, run]);
  const inserted = toNotebook(
    parsePercent(three.replace('// %%\nimport', '// %%\nnew Date(0);\n\n// %%\nimport')),
    first,
  );
  assert.deepEqual([inserted.cells[0]?.id, inserted.cells[2]?.id, inserted.cells[3]?.id], [claim, imports, run]);
  assert.ok(!idsOf(first).includes(inserted.cells[1]?.id ?? ''));
  const rewritten = toNotebook(parsePercent(three.replace(/const run[\s\S]*$/, 'other();\n')), first);
  assert.deepEqual(idsOf(rewritten), [claim, imports, run]);
});

test('an id in the marker wins', () => {
  const first = toNotebook(parsePercent(three));
  const marked = toNotebook(parsePercent(three.replace('// %%\nimport', '// %% id=imports\nimport')), first);
  assert.deepEqual(idsOf(marked), [first.cells[0]?.id, 'imports', first.cells[2]?.id]);
});

test('outputs stay with a cell whose source is the same, and go with an edit', () => {
  const document = parsePercent(three);
  const outputs = [{ output_type: 'stream', name: 'stdout', text: ['1\n'] }];
  const run = toNotebook(document, undefined, new Map([[2, { outputs, executionCount: 2 }]]));
  assert.deepEqual(toNotebook(document, run).cells[2]?.outputs, outputs);
  assert.deepEqual(toNotebook(parsePercent(three.replace('script', 'other')), run).cells[2]?.outputs, []);
});

function problem(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    assert.ok(error instanceof NotebookFormatError);
    return error.message;
  }
  return assert.fail('expected a NotebookFormatError');
}

test('a broken .ts says which line and what was expected', () => {
  const cases: readonly [string, RegExp][] = [
    ['let x = 1;\n// %%\n', /^n\.ts:1: expected '\/\/ %%' before the first cell, but found: let x = 1;$/],
    ['// %% [markdown]\n// fine\nlet x;\n', /^n\.ts:3: expected a comment .* in this markdown cell.*found: let x;$/],
    ['// %%\n\n// %% #a oops\n', /^n\.ts:3: 'oops' is not understood after %%; expected \[markdown\]/],
    ['// %% [html]\n', /^n\.ts:1: \[html\] is no type of cell/],
    ['// %% id=a b\n', /^n\.ts:1: 'b' is not understood/],
    ['// %% id=a.b\n', /^n\.ts:1: id=a\.b: an id has/],
    ['// %% id=a\n// %% id=a\n', /^n\.ts:2: id=a stands at an earlier cell already/],
  ];
  for (const [source, expected] of cases)
    assert.match(
      problem(() => parsePercent(source, 'n.ts')),
      expected,
    );
});

test('a broken .ipynb says what, where, and what was expected', () => {
  const good = JSON.parse(serialize(toNotebook(parsePercent(three)))) as { cells: Record<string, unknown>[] };
  const broken = (change: (cells: Record<string, unknown>[]) => void): string => {
    const copy = structuredClone(good);
    change(copy.cells);
    return problem(() => parseNotebook(JSON.stringify(copy), 'n.ipynb'));
  };
  const set = (i: number, key: string, value: unknown) => (cells: Record<string, unknown>[]) => {
    const target = cells[i];
    assert.ok(target);
    target[key] = value;
  };
  assert.match(
    problem(() => parseNotebook('{', 'n.ipynb')),
    /^n\.ipynb: this is not JSON .*expected a notebook of nbformat 4\.5$/,
  );
  assert.match(
    problem(() => parseNotebook('{}', 'n.ipynb')),
    /n\.ipynb: must have required property 'cells'/,
  );
  assert.match(
    broken(set(1, 'execution_count', 'one')),
    /^n\.ipynb: cell 2 \(id \w+\)\.execution_count must be integer,null$/,
  );
  assert.match(
    broken(set(1, 'cell_type', 'sql')),
    /cell 2 \(id \w+\) has cell_type 'sql'; expected one of code, markdown, raw/,
  );
  assert.match(broken(set(0, 'source', 5)), /cell 1 \(id \w+\)\.source must be a string or a list of strings$/);
  assert.match(broken(set(1, 'extra', 1)), /cell 2 \(id \w+\) has 'extra', which nbformat 4\.5 does not know/);
  assert.match(broken(set(1, 'id', good.cells[0]?.id)), /cell 2 has the id '\w+' of cell 1; ids must differ/);
  assert.match(
    broken(set(2, 'outputs', [{ output_type: 'stream', text: '' }])),
    /cell 3 \(id \w+\), output 1 must have required property 'name'/,
  );
});
