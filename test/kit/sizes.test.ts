/** The house of design: a function is read on one screen, a file in one go. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import test from 'node:test';
import type * as TS from '@tslab/typescript-for-tslab';
import { projectRoot } from '#src/jupyter/project-root.js';

const ts: typeof TS = createRequire(import.meta.url)('@tslab/typescript-for-tslab');

const MOST_LINES_OF_A_FUNCTION = 80;
const MOST_LINES_OF_A_FILE = 300;

/** Names of functions with their lines, the signature and the closing brace counted. */
function functionsIn(file: string, text: string): readonly (readonly [name: string, lines: number])[] {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const found: [string, number][] = [];
  const lineAt = (position: number) => source.getLineAndCharacterOfPosition(position).line;
  const nameOf = (node: TS.SignatureDeclaration): string => {
    const named = node.name ?? (ts.isVariableDeclaration(node.parent) ? node.parent.name : undefined);
    return named?.getText() ?? `line ${lineAt(node.getStart()) + 1}`;
  };
  const look = (node: TS.Node): void => {
    if (ts.isFunctionLike(node) && 'body' in node && node.body !== undefined)
      found.push([nameOf(node), lineAt(node.end) - lineAt(node.getStart()) + 1]);
    ts.forEachChild(node, look);
  };
  look(source);
  return found;
}

function sources(): readonly (readonly [file: string, text: string])[] {
  return ['src', 'lab', 'pack'].flatMap(folder =>
    readdirSync(path.join(projectRoot, folder), { recursive: true, encoding: 'utf8' })
      .map(file => path.posix.join(folder, file.replaceAll('\\', '/')))
      .filter(file => /\.(ts|mjs)$/.test(file) && !file.endsWith('.d.ts') && !/\/(node_modules|dist)\//.test(file))
      .sort()
      .map(file => [file, readFileSync(path.join(projectRoot, file), 'utf8')] as const),
  );
}

/** What is longer than it may be. There is no list of exceptions. */
function tooLong(sizes: readonly (readonly [name: string, lines: number])[], most: number): readonly string[] {
  return sizes
    .filter(([, lines]) => lines > most)
    .map(([name, lines]) => `${name}: ${lines} lines; cut it where a reader would`);
}

test(`a function has at most ${MOST_LINES_OF_A_FUNCTION} lines`, () => {
  const files = sources();
  assert.ok(files.length > 300, `only ${files.length} files found`);
  const sizes = files.flatMap(([file, text]) =>
    functionsIn(file, text).map(([name, lines]) => [`${file} ${name}`, lines] as const),
  );
  assert.ok(sizes.length > 3000, `only ${sizes.length} functions found`);
  assert.deepEqual(tooLong(sizes, MOST_LINES_OF_A_FUNCTION), []);
});

test(`a file has at most ${MOST_LINES_OF_A_FILE} lines`, () => {
  const sizes = sources().map(([file, text]) => [file, text.trimEnd().split('\n').length] as const);
  assert.deepEqual(tooLong(sizes, MOST_LINES_OF_A_FILE), []);
});

test('a long function is seen, whatever way it is written', () => {
  const body = Array.from({ length: 81 }, (_, i) => `  f(${i});`).join('\n');
  const text = `function a() {\n${body}\n}\nconst b = () => {\n${body}\n};\nconst c = { d() {\n${body}\n} };\nf(() => {\n${body}\n});\n`;
  const found = functionsIn('x.ts', text);
  assert.deepEqual(
    found.map(([name]) => name),
    ['a', 'b', 'd', 'line 250'],
  );
  assert.equal(tooLong(found, MOST_LINES_OF_A_FUNCTION).length, 4);
  assert.deepEqual(tooLong([['a', 80]], 80), []);
  assert.match(tooLong([['a', 81]], 80)[0] ?? '', /81 lines/);
});
